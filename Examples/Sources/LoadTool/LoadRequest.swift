import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire
import ToolSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What is to be done, checked as far as it can be before anything is opened.
struct LoadRequest: Sendable {
    let endpoint: Endpoint
    var configuration: SMTPConfiguration
    let messages: Int
    let connections: Int
    let messagesPerConnection: Int
    let window: DeliveryWindow
    let message: LoadMessage
    let envelope: Envelope

    /// The extensions without which nothing is to be sent; that of STARTTLS the connection insists on by itself.
    let wanted: [ServiceExtensions.Keyword]

    /// Checks the command line.
    ///
    /// - Throws: ``ToolFailure``.
    init(_ options: LoadOptions) throws(ToolFailure) {
        guard let host = options.host else { throw .usage("--host is missing") }
        guard let port = options.port else { throw .usage("--port is missing") }
        endpoint = try Endpoint(host: host, port: port)
        let dialled = if case .host(let name, _) = endpoint { name } else { host }
        messages = try Self.count("--messages", options.messages)
        connections = try Self.count("--connections", options.connections, atMost: 65_535)
        let perConnection = try options.messagesPerConnection.map { count throws(ToolFailure) in
            try Self.count("--messages-per-connection", count)
        }
        messagesPerConnection = perConnection ?? .max
        let window = try options.window.map { count throws(ToolFailure) in try Self.count("--window", count) }
        self.window = window.map { DeliveryWindow(messages: $0) } ?? DeliveryWindow()
        guard options.size >= 0 else { throw .usage("--size must not be negative") }
        message = LoadMessage(size: options.size, isDotted: options.dots, isUnique: options.unique)
        let recipients = try Self.count("--recipients", options.recipients, atMost: 1_000_000)
        envelope = try Self.envelope(recipients)
        configuration = try Self.configuration(options, host: dialled)
        wanted = (options.pipeline == true ? [.pipelining] : []) + (options.chunking ? [.chunking] : [])
    }

    private static func count(
        _ option: String,
        _ value: Int,
        atMost most: Int = .max
    ) throws(ToolFailure) -> Int {
        guard value > 0 else { throw .usage("\(option) must be at least 1") }
        guard value <= most else { throw .usage("\(option) must be at most \(most)") }
        return value
    }

    private static func envelope(_ recipients: Int) throws(ToolFailure) -> Envelope {
        do throws(SMTPError) {
            let addresses = (0..<recipients).map { "rcpt\($0)@bench.example" }
            return try Envelope(from: "sender@bench.example", to: addresses)
        } catch {
            throw ToolFailure(error)
        }
    }

    private static func configuration(_ options: LoadOptions, host: String) throws(ToolFailure) -> SMTPConfiguration {
        var configuration = SMTPConfiguration(security: try security(options, host: host))
        configuration.isPipeliningAllowed = options.pipeline ?? true
        configuration.chunking = options.chunking ? .always : .never
        configuration.credentials = try credentials(options)
        return configuration
    }

    /// The password comes from the environment: every user of the machine can read a command line.
    private static func credentials(_ options: LoadOptions) throws(ToolFailure) -> Credentials? {
        switch (options.user, options.passwordEnv) {
        case (nil, nil): return nil
        case (let user?, let variable?):
            guard options.tls != nil else { throw .usage("--user is of no use without --tls") }
            guard let password = getenv(variable) else {
                throw .usage("the variable \"\(variable)\" of --password-env is not set")
            }
            return .password(user: user, Secret(String(cString: password)))
        default: throw .usage("--user and --password-env need each other")
        }
    }

    private static func security(_ options: LoadOptions, host: String) throws(ToolFailure) -> ConnectionSecurity {
        guard let security = options.tls else {
            guard options.ca == nil, options.serverName == nil else {
                throw .usage("\(options.ca == nil ? "--server-name" : "--ca") is of no use without --tls")
            }
            return .insecurePlain
        }
        var tls = TLSConfiguration()
        if let file = options.ca { tls.trust = [.file(file)] }
        tls.serverName = options.serverName
        // Each connection is to cost what the first one does.
        tls.sessionCacheCapacity = 0
        do throws(TLSError) {
            try tls.prepare(for: .client(host: host))
        } catch {
            throw ToolFailure(error)
        }
        switch security {
        case .implicit: return .implicitTLS(tls)
        case .starttls: return .startTLS(tls)
        }
    }
}
