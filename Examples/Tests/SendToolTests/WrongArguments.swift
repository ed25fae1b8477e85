import Testing

/// A command line that is wrong, and why.
struct WrongArguments: CustomTestStringConvertible {
    let arguments: [String]
    var kind = "usage"
    let reason: String

    var testDescription: String { arguments.joined(separator: " ") }

    init(_ arguments: String..., kind: String = "usage", because reason: String) {
        self.arguments = arguments
        self.kind = kind
        self.reason = reason
    }

    static let addressed = ["--from", "a@example.org", "--to", "b@example.org"]
    static let plain = ["--security", "plain"] + addressed

    static let alone: [WrongArguments] = [
        WrongArguments(because: "--from is missing"),
        WrongArguments("--from", "a@example.org", because: "--to is missing"),
        WrongArguments("--from", because: "--from"),
        WrongArguments("--bogus", because: "--bogus"),
        WrongArguments("--security", "none", because: "none"),
        WrongArguments("one", "two", because: "two"),
    ]

    /// Behind a command line that would be right.
    static let behindRightOnes: [WrongArguments] = [
        WrongArguments("--port", "0", because: "--port must be"),
        WrongArguments("--port", "-1", because: "--port must be"),
        WrongArguments("--port", "65536", because: "--port must be"),
        WrongArguments("--port", "smtp", because: "smtp"),
        WrongArguments("--xclient", "ADDR", because: "--xclient is written as name=value"),
        WrongArguments("--xclient", "ADDR=nowhere", because: "--xclient"),
        WrongArguments("--xforward", "NA ME=x", because: "--xforward"),
        WrongArguments("--timeout", "0", because: "--timeout must be"),
        WrongArguments("--timeout", "-1", because: "--timeout must be"),
        WrongArguments("--timeout", "nan", because: "--timeout must be"),
        WrongArguments("--timeout", "inf", because: "--timeout must be"),
        WrongArguments("--timeout", "1e10", because: "--timeout must be"),
        WrongArguments("--timeout", "soon", because: "soon"),
        WrongArguments("--deadline", "0", because: "--deadline must be"),
        WrongArguments("--deadline", "nan", because: "--deadline must be"),
        WrongArguments("--deadline", "1e10", because: "--deadline must be"),
        WrongArguments("--host", "", because: "no host name"),
        WrongArguments("--host", "a b", because: "no host name"),
        WrongArguments("--host", "a\u{1B}[31m", because: "no host name"),
        WrongArguments("--host", "a\u{9B}31m", because: "no host name"),
        WrongArguments("--host", "mail.example.org:25", because: "a port goes to --port"),
        WrongArguments("--socket", "", because: "--socket must be"),
        WrongArguments("--socket", String(repeating: "x", count: 104), because: "--socket must be"),
        WrongArguments("--socket", "/tmp/x", "--host", "y", because: "excludes"),
        WrongArguments("--socket", "/tmp/x", "--port", "25", because: "excludes"),
        WrongArguments("--helo", "", kind: "invalid-address", because: "--helo"),
        WrongArguments("--helo", "a b", kind: "invalid-address", because: "space"),
        WrongArguments("--helo", "[1.2.3]", kind: "invalid-address", because: "--helo"),
        WrongArguments("--from", "a", kind: "invalid-address", because: "--from \"a\""),
        WrongArguments("--from", "a b@example.org", kind: "invalid-address", because: "space at offset 1"),
        WrongArguments("--from", "a@example.org\r\nRSET", kind: "invalid-address", because: "CR at offset 13"),
        WrongArguments("--to", "", kind: "invalid-address", because: "--to"),
        WrongArguments("--to", "a@", kind: "invalid-address", because: "--to \"a@\""),
        WrongArguments("--to", "a@b>", kind: "invalid-address", because: "'>' at offset 3"),
        WrongArguments("--to", "a@b c", kind: "invalid-address", because: "space at offset 3"),
        WrongArguments("--dsn-notify", "", because: "--dsn-notify must be"),
        WrongArguments("--dsn-notify", "never,delay", because: "--dsn-notify must be"),
        WrongArguments("--dsn-notify", "success,", because: "--dsn-notify must be"),
        WrongArguments("--dsn-ret", "some", because: "some"),
        WrongArguments("--dsn-envid", "", because: "--dsn-envid"),
        WrongArguments("--dsn-envid", "a\r\nb", because: "CR at offset 1"),
        WrongArguments("--dsn-envid", String(repeating: "x", count: 101), because: "--dsn-envid"),
        WrongArguments("--deliver-by", "soon", because: "--deliver-by must be"),
        WrongArguments("--deliver-by", "60,X", because: "--deliver-by must be"),
        WrongArguments("--deliver-by", "0", because: "--deliver-by \"0\""),
        WrongArguments("--deliver-by", "1000000000,N", because: "--deliver-by"),
        WrongArguments("--hold-for", "0", because: "--hold-for"),
        WrongArguments("--hold-for", "soon", because: "soon"),
        WrongArguments("--priority", "10", because: "--priority"),
        WrongArguments("--priority", "high", because: "high"),
        WrongArguments("--require-tls", because: "--require-tls is of no use"),
        WrongArguments("--body", "9bit", because: "9bit"),
        WrongArguments("--body", "binarymime", "--no-chunking", because: "drop --no-chunking"),
        WrongArguments("--lmtp", because: "--lmtp needs"),
        WrongArguments("--lmtp", "--port", "25", because: "must not be 25"),
        WrongArguments("--security", "plain", "--ca-file", "x", because: "--ca-file is of no use"),
        WrongArguments("--security", "plain", "--server-name", "x", because: "--server-name is of no use"),
        WrongArguments("--security", "plain", "--insecure-skip-verify", because: "--insecure-skip-verify is of no use"),
        WrongArguments("--security", "plain", "--client-cert", "x", because: "--client-cert is of no use"),
        WrongArguments("--security", "tls", "--client-key", "x", because: "--client-key needs a --client-cert"),
        WrongArguments("--security", "tls", "--server-name", "a b", kind: "tls", because: "a b"),
        WrongArguments("--security", "tls", "--user", "x", because: "--user needs --password-env"),
        WrongArguments("--security", "tls", "--password-env", "X", because: "needs a --user"),
        WrongArguments("--security", "tls", "--auth", "plain", because: "needs a --user"),
        WrongArguments(
            "--security",
            "tls",
            "--user",
            "x",
            "--password-env",
            "SWIFT_SMTP_UNSET",
            because: "is not set"
        ),
        WrongArguments(
            "--security",
            "tls",
            "--user",
            "x",
            "--password-env",
            "X",
            "--password-file",
            "x",
            because: "excludes"
        ),
    ]
}
