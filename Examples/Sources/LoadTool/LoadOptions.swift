import ArgumentParser

/// The command line of `smtp-load`, parsed and not yet checked.
struct LoadOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smtp-load",
        abstract: "Sends the same message many times, as fast as the server takes it.",
        usage: "smtp-load --host <host> --port <port> [options]",
        discussion: """
            Every message has the same octets: a header, and a body of --size octets in lines of 78. With PIPELINING, if \
            the server offers it, the next message's commands go behind the content of the one before: one round trip a \
            message. With --chunking as well, messages follow each other without a wait.

            The last line of standard output is {"messages":N,"seconds":S}: the messages accepted for all recipients, and \
            the time from before the first connection to after the last QUIT. On a terminal a line before it shows how it \
            goes.

            Examples:
              smtp-load --host 127.0.0.1 --port 2525 --messages 10000
              smtp-load --host 127.0.0.1 --port 2525 --messages 100000 --connections 10 --chunking
              smtp-load --host mail.example.org --port 587 --tls starttls --ca ca.pem --messages 100 --unique

            Exit codes:
               0  all messages were accepted for all recipients
               3  the server does not offer what was asked for; nothing was sent
               1  anything else
            """,
        version: "smtp-load 0.1.0"
    )

    enum Security: String, ExpressibleByArgument, CaseIterable {
        case implicit
        case starttls
    }

    @Option(parsing: .unconditional, help: "The server's name or address.")
    var host: String

    @Option(parsing: .unconditional, help: "The port.")
    var port: Int

    @Option(parsing: .unconditional, help: .init("How many messages to send, over all connections.", valueName: "n"))
    var messages = 1

    @Option(parsing: .unconditional, help: .init("The size of the body.", valueName: "octets"))
    var size = 1024

    @Option(parsing: .unconditional, help: .init("How many connections to use at once.", valueName: "n"))
    var connections = 1

    @Option(parsing: .unconditional, help: .init("How many recipients a message has.", valueName: "n"))
    var recipients = 1

    @Option(parsing: .unconditional, help: .init("Quit and connect again after so many messages.", valueName: "n"))
    var messagesPerConnection: Int?

    @Option(help: "Use TLS, from the first octet or by STARTTLS. (default: no TLS)")
    var tls: Security?

    @Option(parsing: .unconditional, help: .init("Certificates to trust instead of the system's.", valueName: "file"))
    var ca: String?

    @Option(parsing: .unconditional, help: .init("The name to verify instead of the host's.", valueName: "name"))
    var serverName: String?

    @Option(parsing: .unconditional, help: "The user to authenticate as, under TLS.")
    var user: String?

    @Option(parsing: .unconditional, help: .init("The variable that holds the password.", valueName: "variable"))
    var passwordEnv: String?

    @Flag(
        inversion: .prefixedNo,
        exclusivity: .exclusive,
        help: "Insist on PIPELINING, or wait for each reply. (default: PIPELINING if the server offers it)"
    )
    var pipeline: Bool?

    @Flag(help: "Send content by BDAT, streamed unless --no-pipeline.")
    var chunking = false

    @Flag(help: "Begin each full line of the body with a dot.")
    var dots = false

    @Flag(help: "Give each message a Message-ID of its own.")
    var unique = false

    @Option(
        parsing: .unconditional,
        help: .init("How many messages may be under way on a connection.", valueName: "messages")
    )
    var window: Int?
}
