import SMTPClient
import SMTPSession
import SMTPTransport
import ToolSupport

/// Where to send, how the way is protected, and who one is: what a person answers about the server.
struct Server {
    let endpoint: Endpoint
    let security: ConnectionSecurity
    let credentials: Credentials?

    init(_ interview: Interview) throws(ToolFailure) {
        let host = try interview.ask("Server", default: "localhost") { text throws(ToolFailure) in
            _ = try Endpoint(host: text, port: SMTPPort.submission)
            return text
        }
        let mode = try interview.ask("Security (\(Mode.names))", default: Mode.starttls.rawValue) {
            text throws(ToolFailure) in
            guard let mode = Mode(rawValue: text) else { throw .usage("it is one of \(Mode.names)") }
            return mode
        }
        endpoint = try interview.ask("Port", default: "\(mode.port)") { text throws(ToolFailure) in
            guard let port = Int(text) else { throw .usage("a port is a number") }
            return try Endpoint(host: host, port: port)
        }
        security = try Self.security(mode, interview)
        guard mode != .plain else {
            interview.say("No login: a password does not go over a connection in clear.")
            credentials = nil
            return
        }
        credentials = try Self.credentials(interview)
    }

    /// The mode with the certificates to trust; a file that cannot be used is asked for again.
    private static func security(_ mode: Mode, _ interview: Interview) throws(ToolFailure) -> ConnectionSecurity {
        guard mode != .plain else { return .insecurePlain }
        let tls = try interview.ask("File of trusted certificates (empty: the system's)") { text throws(ToolFailure) in
            var tls = TLSConfiguration()
            if !text.isEmpty { tls.trust = [.file(text)] }
            do throws(TLSError) {
                try tls.prepare(for: .client(host: "localhost"))
            } catch {
                throw ToolFailure(error)
            }
            return tls
        }
        switch mode {
        case .plain: return .insecurePlain
        case .starttls: return .startTLS(tls)
        case .starttlsIfOffered: return .insecureStartTLSIfOffered(tls)
        case .tls: return .implicitTLS(tls)
        }
    }

    private static func credentials(_ interview: Interview) throws(ToolFailure) -> Credentials? {
        let user = try interview.ask("User (empty: no login)") { $0 }
        guard !user.isEmpty else { return nil }
        let isToken = try interview.ask("Login with (password, token)", default: "password") {
            text throws(ToolFailure) in
            guard ["password", "token"].contains(text) else { throw .usage("it is password or token") }
            return text == "token"
        }
        let secret = try interview.secret(isToken ? "Token" : "Password")
        return isToken ? .bearer(user: user, token: secret) : .password(user: user, secret)
    }
}

/// How the connection is protected, as a person chooses it.
private enum Mode: String, CaseIterable {
    case plain
    case starttls
    case starttlsIfOffered = "starttls-if-offered"
    case tls

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    var port: Int {
        switch self {
        case .plain: SMTPPort.relay
        case .starttls, .starttlsIfOffered: SMTPPort.submission
        case .tls: SMTPPort.submissions
        }
    }
}
