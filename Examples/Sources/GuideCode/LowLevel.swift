import SMTPSession
import SMTPTransport
import SMTPWire

func lowLevel() async throws {
    let (channel, greeting) = try await CommandChannel.connect(to: .host("mail.example.org", port: 25))
    print(greeting)
    print(try await channel.ehlo(HelloName("client.example.org")))
    if channel.extensions.contains(.startTLS), try await channel.startTLS().code == 220 {
        try await channel.upgradeToTLS(TLSConfiguration(), host: "mail.example.org")
        print(try await channel.ehlo(HelloName("client.example.org")))
    }
    print(try await channel.quit())
    await channel.disconnect()
}

func group(_ channel: CommandChannel) async throws {
    let (me, you) = (try ReversePath("me@example.org"), try ForwardPath("you@example.org"))
    let outcomes = try await channel.pipeline { group in
        group.mail(from: me)
        group.recipient(to: you)
        group.data()
    }
    for outcome in outcomes { print(outcome) }
}

func unknownCommand(_ channel: CommandChannel) async throws {
    let reply = try await channel.command(verb: CommandVerb("XADR"), argument: CommandArgument("you@example.org"))
    print(reply)

    try await channel.sendRaw(Array("XDEBUG all\r\n".utf8))
    print(try await channel.receiveRaw())
}
