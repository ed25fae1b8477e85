import ArgumentParser
import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire
import ToolOptions
import ToolSupport

/// The command line of `smtp-probe`, parsed and not yet checked.
struct ProbeOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smtp-probe",
        abstract: "Shows what an SMTP server says of itself: greeting, extensions, TLS, certificates.",
        usage: "smtp-probe [options] [<host>[:<port>]]",
        discussion: """
            It connects, says hello, starts TLS, says hello again, asks what --ask says, and quits. No mail is sent, \
            and no password. A certificate that is not valid ends nothing here: it is shown with what is wrong with it, \
            and the rest with it. With the same options smtp-send would stop there.

            Examples:
              smtp-probe mail.example.org                  port 587, STARTTLS
              smtp-probe mail.example.org:465              TLS from the first byte
              smtp-probe --security plain mx.example.org   without TLS
              smtp-probe --server-name mail.example.org 192.0.2.1:25
              smtp-probe --pem mail.example.org | openssl x509 -noout -text
              smtp-probe --ask "VRFY postmaster" --ask HELP mail.example.org

            Exit codes, of which the first that fits is given:
               0  the server answers, and proves who it is if TLS was asked for
              64  the command line is wrong
              66  a file is missing or unreadable
              77  TLS failed, or the certificate is not valid for this server
              69  refused for good, or STARTTLS is not offered
              75  refused for now, timed out, interrupted, or no connection
              68  unknown host
              76  the server broke the protocol
              74  reading or writing failed
            """,
        version: "smtp-probe 0.1.0"
    )

    enum Security: String, ExpressibleByArgument, CaseIterable {
        case plain
        case starttls
        case tls
    }

    enum Version: String, ExpressibleByArgument, CaseIterable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    @Argument(help: .init("The server. (default: localhost)", valueName: "host[:port]"))
    var server: String?

    @Option(parsing: .unconditional, help: "The server's name or address, as smtp-send has it.")
    var host: String?

    @Option(parsing: .unconditional, help: "The port. (default: 25 for plain, 587 for starttls, 465 for tls)")
    var port: Int?

    @Option(help: "How TLS begins. (default: tls on port 465, starttls on others)")
    var security: Security?

    @Option(parsing: .unconditional, help: .init("Connect to a Unix domain socket instead.", valueName: "path"))
    var socket: String?

    @OptionGroup
    var tls: TLSOptions

    @Option(help: "Speak this version of TLS alone.")
    var tlsVersion: Version?

    @Option(
        parsing: .unconditional,
        help: .init("The name to say hello with. (default: the address of this end)", valueName: "name")
    )
    var helo: String?

    @Flag(help: "Speak LMTP.")
    var lmtp = false

    @Option(parsing: .unconditional, help: .init("The bound on each wait for the server.", valueName: "seconds"))
    var timeout: Double = 30

    @Option(
        parsing: .unconditionalSingleValue,
        help: .init(
            "Send VRFY, EXPN or ETRN with an argument, or HELP, behind all else, and show the reply, whatever it is; "
                + "give it once for each.",
            valueName: "command"
        )
    )
    var ask: [String] = []

    @Flag(help: "Show the certificates in PEM as well.")
    var pem = false

    @Flag(help: "Show the dialogue on standard error.")
    var transcript = false

    @Flag(help: "Print the outcome as one line of JSON on standard output, and nothing else.")
    var json = false
}
