import ArgumentParser

/// The options that need an extension of the server's: asked for and not offered, nothing is sent.
struct ExtensionOptions: ParsableArguments {
    enum Return: String, ExpressibleByArgument, CaseIterable {
        case full
        case headers = "hdrs"
    }

    enum Body: String, ExpressibleByArgument, CaseIterable {
        case sevenBit = "7bit"
        case eightBit = "8bitmime"
        case binary = "binarymime"
    }

    @Option(
        parsing: .unconditional,
        help: .init(
            "When to report on the recipients: never, or any of success, failure and delay with commas between (DSN).",
            valueName: "cases"
        )
    )
    var dsnNotify: String?

    @Option(help: "How much of the message a report returns (DSN).")
    var dsnRet: Return?

    @Option(parsing: .unconditional, help: .init("The identifier that reports bear (DSN).", valueName: "id"))
    var dsnEnvid: String?

    @Flag(name: .customLong("smtputf8"), help: "Declare SMTPUTF8 also where nothing in the message needs it.")
    var smtpUTF8 = false

    @Option(
        parsing: .unconditional,
        help: .init(
            "Deliver within so many seconds; behind a comma R, the default, to return what is late, N to tell of it, "
                + "and T to trace (DELIVERBY).",
            valueName: "seconds[,R|N[T]]"
        )
    )
    var deliverBy: String?

    @Option(
        parsing: .unconditional,
        help: .init("Have the server hold the message for so long (FUTURERELEASE).", valueName: "seconds")
    )
    var holdFor: Int?

    @Option(parsing: .unconditional, help: .init("The priority, from -9 to 9 (MT-PRIORITY).", valueName: "number"))
    var priority: Int?

    @Flag(help: "Have every server on the way use TLS with a verified certificate (REQUIRETLS).")
    var requireTLS = false

    @Option(help: "What octets the message has. (default: what a look through it finds)")
    var body: Body?

    @Flag(
        inversion: .prefixedNo,
        help: "Send by BDAT where the server offers CHUNKING, else by DATA. (default: only what can go no other way)"
    )
    var chunking: Bool?

    @Option(
        parsing: .unconditionalSingleValue,
        help: .init(
            "A fact about the client this session is for, such as ADDR=192.0.2.1; give it once for each (XCLIENT).",
            valueName: "name=value"
        )
    )
    var xclient: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: .init(
            "A fact about the client the message comes from, for the server's log; give it once for each (XFORWARD).",
            valueName: "name=value"
        )
    )
    var xforward: [String] = []
}
