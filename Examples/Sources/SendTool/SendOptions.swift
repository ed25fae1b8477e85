import ArgumentParser
import ToolOptions
import ToolSupport

/// The command line of `smtp-send`, parsed and not yet checked.
struct SendOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smtp-send",
        abstract: "Sends a message to an SMTP server, and tells what became of it for each recipient.",
        usage: "smtp-send [options] --from <address> --to <address> [--to <address> ...] [<message-file>]",
        discussion: """
            The message is read from MESSAGE-FILE, or from standard input if there is none or if it is "-". It must be \
            complete: header, empty line, body. Line ends are sent as CRLF, whatever they are.

            Examples:
              smtp-send --security plain --from me@example.org --to you@example.org m.eml
              smtp-send --host mail.example.org --user me --password-env PASSWORD \\
                --from me@example.org --to you@example.org m.eml
              smtp-send --plan --from me@example.org --to you@example.org m.eml

            Exit codes, of which the first that fits is given:
               0  accepted for all recipients
              64  the command line is wrong
              66  a file is missing or unreadable
              75  the outcome is unknown: the server may have the message
              77  authentication is wanted or failed, or TLS failed
              69  refused for good, or not offered
              75  refused for now, timed out, interrupted, or no connection
              68  unknown host
              65  the message cannot be sent as it is
              76  the server broke the protocol
              74  reading or writing failed
            """,
        version: "smtp-send 0.1.0"
    )

    enum Security: String, ExpressibleByArgument, CaseIterable {
        case plain
        case starttls
        case starttlsIfOffered = "starttls-if-offered"
        case tls
    }

    enum Mechanism: String, ExpressibleByArgument, CaseIterable {
        case auto, plain, login
        case cramMD5 = "cram-md5"
        case scramSHA1 = "scram-sha-1"
        case scramSHA256 = "scram-sha-256"
        case scramSHA512 = "scram-sha-512"
        case xoauth2, oauthbearer, external, anonymous
    }

    @Option(parsing: .unconditional, help: "The server's name or address. (default: localhost)")
    var host: String?

    @Option(parsing: .unconditional, help: "The port. (default: 25 for plain, 587 for starttls, 465 for tls)")
    var port: Int?

    @Option(help: "How the connection is protected.")
    var security: Security = .starttls

    @Option(parsing: .unconditional, help: .init("Connect to a Unix domain socket instead.", valueName: "path"))
    var socket: String?

    @OptionGroup
    var tls: TLSOptions

    @Flag(help: "Accept any certificate. Insecure: anybody between can read the mail and the password.")
    var insecureSkipVerify = false

    @Option(
        parsing: .unconditional,
        help: .init("The name to say hello with. (default: the address of this end)", valueName: "name")
    )
    var helo: String?

    @Option(parsing: .unconditional, help: "The user to authenticate as.")
    var user: String?

    @Option(parsing: .unconditional, help: .init("The variable that holds the password.", valueName: "variable"))
    var passwordEnv: String?

    @Option(parsing: .unconditional, help: .init("The file that holds the password.", valueName: "file"))
    var passwordFile: String?

    @Option(help: "The SASL mechanism.")
    var auth: Mechanism?

    @Option(
        parsing: .unconditional,
        help: .init("Where reports go; '' for the null reverse-path.", valueName: "address")
    )
    var from: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: .init("A recipient; give it once for each.", valueName: "address")
    )
    var to: [String] = []

    @Option(parsing: .unconditional, help: .init("The bound on each wait for the server.", valueName: "seconds"))
    var timeout: Double = 60

    @Option(parsing: .unconditional, help: .init("The bound on the whole run. (default: none)", valueName: "seconds"))
    var deadline: Double?

    @Flag(help: "Speak LMTP.")
    var lmtp = false

    @Flag(help: "Send to all recipients or to none.")
    var allOrNothing = false

    @OptionGroup(title: "Extensions of the server's, without which nothing is sent")
    var extensions: ExtensionOptions

    @Flag(help: "Show what would be sent to this server, warnings too, and send nothing of the message.")
    var plan = false

    @Flag(help: "Show the dialogue on standard error; credentials and content stay hidden.")
    var transcript = false

    @Flag(help: "Print the outcome as one line of JSON on standard output, and nothing else.")
    var json = false

    @Argument(help: .init("The message. (default: standard input)", valueName: "message-file"))
    var messageFile: String?
}
