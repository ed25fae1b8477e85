package import SMTPTransport
import SMTPWire

// What command lines say, as values, or the failure that tells which option is wrong.

extension Endpoint {
    /// A TCP port of a host name or an address; an IPv6 address may stand in brackets, as in URLs.
    package init(host text: String, port: Int) throws(ToolFailure) {
        guard (1...65_535).contains(port) else { throw .usage("--port must be from 1 to 65535") }
        let host = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        if host.contains(":"), HelloName(address: String(host.prefix { $0 != "%" })) == nil {
            throw .usage("--host \"\(text)\" is no IPv6 address; a port goes to --port")
        }
        guard !host.isEmpty, host == DisplayText.escape(host), !host.contains(" ") else {
            throw .usage("--host \"\(text)\" is no host name")
        }
        self = .host(host, port: port)
    }

    /// A Unix domain socket.
    package init(socket path: String) throws(ToolFailure) {
        guard !path.isEmpty, path.utf8.count < 104 else {
            throw .usage("--socket must be a path of 1 to 103 octets")
        }
        self = .unixSocket(path: path)
    }
}

extension ToolFailure {
    /// Thirty years: more is a mistake, and would not fit where time is counted in nanoseconds.
    private static let longest = 1e9

    package static func duration(of option: String, _ seconds: Double) throws(ToolFailure) -> Duration {
        guard seconds > 0, seconds <= longest else {
            throw .usage("\(option) must be more than 0 and at most \(Int(longest)) seconds")
        }
        return .seconds(seconds)
    }
}
