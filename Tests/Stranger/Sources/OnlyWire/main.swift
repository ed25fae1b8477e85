import SMTPWire

// Bytes to values.
var parser = ReplyParser()
var replies: [SMTPReply] = []
var rest = Array("250-mail.example\r\n250-SIZE 1000\r\n250 PIPELINING\r\n550 5.1.1 no such user\r\n".utf8)
while !rest.isEmpty {
    let (consumed, reply) = try parser.parse(rest.span.bytes)
    rest.removeFirst(consumed)
    if let reply { replies.append(reply) }
}
precondition(replies.count == 2)
let extensions = ServiceExtensions(replies[0])
precondition(extensions.contains(.pipelining) && extensions.sizeLimit == 1000)
precondition(replies[1].code.severity == .permanentNegative && replies[1].enhancedStatusCode?.description == "5.1.1")

// Values to bytes.
let notify = RecipientParameter.notify(.when(success: false, failure: true, delay: true))
let command = SMTPCommand.recipient(try ForwardPath("you@example.org"), [notify])
precondition(command.bytes == Array("RCPT TO:<you@example.org> NOTIFY=FAILURE,DELAY\r\n".utf8))

var encoder = ContentEncoder(transparency: .dotStuffing)
var content: [UInt8] = []
encoder.encode(Array("Subject: x\n\n.dot".utf8).span.bytes, into: &content)
encoder.finish(into: &content)
precondition(content == Array("Subject: x\r\n\r\n..dot\r\n.\r\n".utf8))

// What cannot be a value.
do throws(WireError) {
    _ = try Mailbox("you@example.org\r\nDATA")
    preconditionFailure("that is no mailbox")
} catch {
    switch error.kind {
    case .invalidOctet: break
    default: preconditionFailure("\(error)")
    }
}
