import SMTPTesting
import Testing

/// What a server says or does at one point, and what must come of it.
struct OutcomeCase: CustomTestStringConvertible, Sendable {
    let what: String
    let script: SinkScript
    let exitCode: Int32
    let kind: String
    var code: Int?
    var command: String?
    var outcome = "rejected"

    var testDescription: String { what }

    init(
        _ what: String,
        _ point: SinkPoint,
        _ reply: SinkReply,
        gives exitCode: Int32,
        _ kind: String,
        _ code: Int? = nil,
        to command: String? = nil,
        outcome: String = "rejected"
    ) {
        self.what = what
        var script = SinkScript()
        script.on(point, reply)
        self.script = script
        self.exitCode = exitCode
        self.kind = kind
        self.code = code
        self.command = command
        self.outcome = outcome
    }

    static let greetings = [
        OutcomeCase("greeting 554", .connection, .reply(554, "no"), gives: 69, "refused", 554),
        OutcomeCase("greeting 421", .connection, .reply(421, "busy"), gives: 75, "refused", 421),
        OutcomeCase("greeting 450", .connection, .reply(450, "later"), gives: 75, "refused", 450),
        OutcomeCase("greeting 530", .connection, .reply(530, "5.7.0 no"), gives: 77, "authentication", 530),
        OutcomeCase("greeting 250", .connection, .reply(250, "hi"), gives: 76, "protocol", 250),
        OutcomeCase("greeting HTTP", .connection, .raw("HTTP/1.1 400 Bad Request\r\n\r\n"), gives: 76, "protocol"),
        OutcomeCase("greeting TLS", .connection, .raw([0x15, 3, 1, 0, 2, 2, 70, 10]), gives: 76, "protocol"),
        OutcomeCase("greeting of one octet", .connection, .raw("2").thenClose(), gives: 75, "closed"),
        OutcomeCase("closed before the greeting", .connection, .close, gives: 75, "closed"),
        OutcomeCase("reset before the greeting", .connection, .reset, gives: 75, "closed"),
        OutcomeCase("EHLO 451", .command("EHLO"), .reply(451, "later"), gives: 75, "refused", 451, to: "EHLO"),
        OutcomeCase("EHLO 421", .command("EHLO"), .reply(421, "bye"), gives: 75, "refused", 421, to: "EHLO"),
        OutcomeCase("EHLO 554", .command("EHLO"), .reply(554, "no"), gives: 69, "refused", 554, to: "EHLO"),
        OutcomeCase("EHLO 354", .command("EHLO"), .reply(354, "go"), gives: 76, "protocol", 354, to: "EHLO"),
        OutcomeCase("EHLO closed", .command("EHLO"), .close, gives: 75, "closed", to: "EHLO"),
    ]

    static let envelopes = [
        OutcomeCase("MAIL 450", .command("MAIL"), .reply(450, "4.2.0 x"), gives: 75, "refused", 450, to: "MAIL"),
        OutcomeCase("MAIL 550", .command("MAIL"), .reply(550, "5.7.1 x"), gives: 69, "refused", 550, to: "MAIL"),
        OutcomeCase("MAIL 530", .command("MAIL"), .reply(530, "5.7.0 x"), gives: 77, "authentication", 530, to: "MAIL"),
        OutcomeCase("MAIL 534", .command("MAIL"), .reply(534, "5.7.9 x"), gives: 77, "authentication", 534, to: "MAIL"),
        OutcomeCase("MAIL 535", .command("MAIL"), .reply(535, "5.7.8 x"), gives: 77, "authentication", 535, to: "MAIL"),
        OutcomeCase(
            "MAIL 538",
            .command("MAIL"),
            .reply(538, "5.7.11 x"),
            gives: 77,
            "authentication",
            538,
            to: "MAIL"
        ),
        OutcomeCase("MAIL 421", .command("MAIL"), .reply(421, "4.3.2 x"), gives: 75, "refused", 421, to: "MAIL"),
        OutcomeCase("MAIL 354", .command("MAIL"), .reply(354, "go"), gives: 76, "protocol", 354, to: "MAIL"),
        OutcomeCase("MAIL garbage", .command("MAIL"), .raw("25 ok\r\n"), gives: 76, "protocol", to: "MAIL"),
        OutcomeCase(
            "MAIL mixed codes",
            .command("MAIL"),
            .raw("250-a\r\n550 b\r\n"),
            gives: 76,
            "protocol",
            to: "MAIL"
        ),
        OutcomeCase("closed after MAIL", .command("MAIL"), .close, gives: 75, "closed", to: "MAIL"),
        OutcomeCase("reset after MAIL", .command("MAIL"), .reset, gives: 75, "closed", to: "MAIL"),
        OutcomeCase("RCPT 450", .command("RCPT"), .reply(450, "4.2.1 x"), gives: 75, "refused", 450, to: "RCPT"),
        OutcomeCase("RCPT 550", .command("RCPT"), .reply(550, "5.1.1 x"), gives: 69, "refused", 550, to: "RCPT"),
        OutcomeCase("RCPT 550 5.7.1", .command("RCPT"), .reply(550, "5.7.1 x"), gives: 69, "refused", 550, to: "RCPT"),
        OutcomeCase("RCPT 530", .command("RCPT"), .reply(530, "5.7.0 x"), gives: 77, "authentication", 530, to: "RCPT"),
        OutcomeCase("closed after RCPT", .command("RCPT"), .close, gives: 75, "closed", to: "RCPT"),
        OutcomeCase("DATA 451", .command("DATA"), .reply(451, "4.3.0 x"), gives: 75, "refused", 451, to: "DATA"),
        OutcomeCase("DATA 554", .command("DATA"), .reply(554, "5.5.1 x"), gives: 69, "refused", 554, to: "DATA"),
        OutcomeCase("DATA 250", .command("DATA"), .reply(250, "ok"), gives: 76, "protocol", 250, to: "DATA"),
        OutcomeCase("closed after DATA", .command("DATA"), .close, gives: 75, "closed", to: "DATA"),
    ]

    static let contents = [
        OutcomeCase("content 452", .content, .reply(452, "4.3.1 x"), gives: 75, "refused", 452, to: "DATA"),
        OutcomeCase("content 550", .content, .reply(550, "5.7.1 x"), gives: 69, "refused", 550, to: "DATA"),
        OutcomeCase("content 552", .content, .reply(552, "5.3.4 x"), gives: 69, "refused", 552, to: "DATA"),
        OutcomeCase("content 530", .content, .reply(530, "5.7.0 x"), gives: 77, "authentication", 530, to: "DATA"),
        OutcomeCase("content closed", .content, .close, gives: 75, "closed", to: "DATA", outcome: "unknown"),
        OutcomeCase("content reset", .content, .reset, gives: 75, "closed", to: "DATA", outcome: "unknown"),
        OutcomeCase("content garbage", .content, .raw("ok\r\n"), gives: 75, "protocol", to: "DATA", outcome: "unknown"),
        OutcomeCase(
            "content 354",
            .content,
            .reply(354, "x"),
            gives: 75,
            "protocol",
            354,
            to: "DATA",
            outcome: "unknown"
        ),
    ]
}

/// What recipients are answered, and what must come of it.
struct RefusalCase: CustomTestStringConvertible, Sendable {
    let codes: [Int]
    var options: [String] = []
    let exitCode: Int32
    let outcome: String
    let outcomes: [String]

    var testDescription: String { "\(codes) \(options)" }

    static let all = [
        RefusalCase(codes: [250, 250], exitCode: 0, outcome: "accepted", outcomes: ["accepted", "accepted"]),
        RefusalCase(codes: [250, 550], exitCode: 69, outcome: "accepted", outcomes: ["accepted", "rejected"]),
        RefusalCase(codes: [450, 250], exitCode: 75, outcome: "accepted", outcomes: ["rejected", "accepted"]),
        RefusalCase(codes: [450, 451], exitCode: 75, outcome: "rejected", outcomes: ["rejected", "rejected"]),
        RefusalCase(codes: [450, 550], exitCode: 69, outcome: "rejected", outcomes: ["rejected", "rejected"]),
        RefusalCase(
            codes: [450, 550, 250],
            exitCode: 69,
            outcome: "accepted",
            outcomes: ["rejected", "rejected", "accepted"]
        ),
        RefusalCase(codes: [250, 530], exitCode: 77, outcome: "accepted", outcomes: ["accepted", "rejected"]),
        RefusalCase(
            codes: [250, 550],
            options: ["--all-or-nothing"],
            exitCode: 69,
            outcome: "rejected",
            outcomes: ["not-attempted", "rejected"]
        ),
        RefusalCase(
            codes: [450, 250],
            options: ["--all-or-nothing"],
            exitCode: 75,
            outcome: "rejected",
            outcomes: ["rejected", "not-attempted"]
        ),
    ]
}
