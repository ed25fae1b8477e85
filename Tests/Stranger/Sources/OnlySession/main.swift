import SMTPSession
import SMTPTransport
import SMTPWire

let executor = EventLoopExecutor.next()
let (near, far) = PipeTransport.pair(executor)
let replies = [
    "220 ready", "250-mail.example\r\n250 PIPELINING", "250 sender\r\n550 5.1.1 nobody\r\n503 no recipient", "299 odd",
    "250 raw", "221 bye",
]
let server = Task(executorPreference: executor) { try await serve(replies, over: far) }

let (channel, greeting) = try await CommandChannel.open(over: near)
precondition(greeting.code.rawValue == 220)
let hello = try await channel.ehlo(HelloName("client.example.org"))
precondition(hello.isPositiveCompletion && channel.extensions.contains(.pipelining))

let (me, you) = (try ReversePath("me@example.org"), try ForwardPath("you@example.org"))
let outcomes = try await channel.pipeline { group in
    group.mail(from: me)
    group.recipient(to: you)
    group.data()
}
precondition(outcomes.count == 3)

let odd = try await channel.command(verb: CommandVerb("XADR"), argument: CommandArgument("you@example.org"))
precondition(odd.code.rawValue == 299)
try await channel.sendRaw(Array("XDEBUG all\r\n".utf8))
let raw = try await channel.receiveRaw()
precondition(raw.code.rawValue == 250)
_ = try await channel.quit()
await channel.disconnect()
try await server.value

do throws(ChannelError) {
    _ = try await channel.noop()
    preconditionFailure("the channel is closed")
} catch {
    switch error {
    case .disconnected: break
    default: preconditionFailure("\(error)")
    }
}
