import ToolSupport

/// The command line of `smtp-load`, read and not yet checked.
///
/// Read by hand: what the other tools read it with brings Foundation along, more memory than everything else here needs.
struct LoadOptions: Equatable, Sendable {
    enum Security: String {
        case implicit
        case starttls
    }

    var host: String?
    var port: Int?
    var messages = 1
    var size = 1024
    var connections = 1
    var recipients = 1
    var messagesPerConnection: Int?
    var tls: Security?
    var ca: String?
    var serverName: String?

    /// Whom to authenticate as, and the variable of the environment that holds the password.
    var user: String?
    var passwordEnv: String?

    /// Whether PIPELINING is insisted on, or done without; `nil` to take what the server offers.
    var pipeline: Bool?
    var chunking = false
    var dots = false
    var unique = false
    var window: Int?

    /// Whether only the help, or the version, is asked for.
    var wantsHelp = false
    var wantsVersion = false

    init() {}

    /// Reads a command line, in which the value of an option follows it or stands behind an equals sign.
    ///
    /// - Throws: ``ToolFailure`` with exit code 64.
    init(_ arguments: [String]) throws(ToolFailure) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if try setFlag(name) {
                guard parts.count == 1 else { throw .usage("\(name) takes no value") }
                continue
            }
            try set(name) { () throws(ToolFailure) in
                guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                    throw .usage("\(name) needs a value")
                }
                return value
            }
        }
    }

    /// Sets what a flag stands for, and returns whether `name` is one.
    private mutating func setFlag(_ name: String) throws(ToolFailure) -> Bool {
        switch name {
        case "--pipeline", "--no-pipeline":
            let isWanted = name == "--pipeline"
            guard pipeline != !isWanted else { throw .usage("--pipeline and --no-pipeline exclude each other") }
            pipeline = isWanted
        case "--chunking": chunking = true
        case "--dots": dots = true
        case "--unique": unique = true
        case "--help", "-h": wantsHelp = true
        case "--version": wantsVersion = true
        default: return false
        }
        return true
    }

    private mutating func set(_ name: String, _ value: () throws(ToolFailure) -> String) throws(ToolFailure) {
        func number() throws(ToolFailure) -> Int {
            let text = try value()
            guard let number = Int(text) else { throw .usage("\(name) must be a number, not \"\(text)\"") }
            return number
        }
        switch name {
        case "--host": host = try value()
        case "--port": port = try number()
        case "--messages": messages = try number()
        case "--size": size = try number()
        case "--connections": connections = try number()
        case "--recipients": recipients = try number()
        case "--messages-per-connection": messagesPerConnection = try number()
        case "--tls":
            guard let security = Security(rawValue: try value()) else {
                throw .usage("--tls must be implicit or starttls")
            }
            tls = security
        case "--ca", "--ca-file": ca = try value()
        case "--server-name": serverName = try value()
        case "--user": user = try value()
        case "--password-env": passwordEnv = try value()
        case "--window": window = try number()
        default: throw .usage("there is no option \(name)")
        }
    }
}
