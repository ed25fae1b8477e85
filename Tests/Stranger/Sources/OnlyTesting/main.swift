import SMTPTesting

var configuration = SinkConfiguration()
configuration.script.on(.recipient("typo@example.org"), .reply(550, "5.1.1 No such user"))
let sink = MailSink(configuration)
_ = try await sink.listen()
precondition(sink.port > 0 && sink.messages.isEmpty)
await sink.stop()

let authority = try CertificateAuthority()
_ = try authority.issue(CertificateRequest("mail.example.org"))

let executor = DeterministicExecutor()
let (before, after) = try executor.run {
    let before = executor.now
    try await executor.sleep(for: .seconds(3600))
    return (before, executor.now)
}
precondition(after > before)
