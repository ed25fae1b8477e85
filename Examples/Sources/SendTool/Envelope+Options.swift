import SMTPClient
import SMTPWire
import ToolSupport

/// How the options about the message become the envelope's parameters: here, and nowhere else.
extension Envelope {
    /// - Throws: ``ToolFailure`` with exit code 64.
    init(_ options: SendOptions) throws(ToolFailure) {
        guard let from = options.from else {
            throw .usage("--from is missing: give the address for reports, or '' for none")
        }
        guard !options.to.isEmpty else { throw .usage("--to is missing: give at least one recipient") }
        let reversePath = try ToolFailure.address(of: "--from", from) { text throws(WireError) in
            try Self.isWild(text) ? ReversePath(lenient: text) : ReversePath(text)
        }
        let notification = try options.extensions.notification
        var recipients: [Recipient] = []
        for address in options.to {
            let path = try ToolFailure.address(of: "--to", address) { text throws(WireError) in
                try Self.isWild(text) ? ForwardPath(lenient: text) : ForwardPath(text)
            }
            recipients.append(Recipient(path, parameters: notification.map { [.notify($0)] } ?? []))
        }
        self.init(from: reversePath, parameters: try options.extensions.mailParameters, to: recipients)
    }

    /// Whether an address has dots or underscores where the grammar has none, and is met in the wild all the same.
    private static func isWild(_ text: String) -> Bool {
        text.utf8.allSatisfy { octet in
            switch octet {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x3D, 0x40, 0x5F: true
            default: false
            }
        } && text.utf8.count { $0 == 0x40 } == 1
    }
}

extension ExtensionOptions {
    /// What MAIL is to say, in the order of the options.
    fileprivate var mailParameters: [MailParameter] {
        get throws(ToolFailure) {
            var parameters: [MailParameter] = []
            if let dsnRet { parameters.append(.ret(dsnRet == .full ? .full : .headers)) }
            if let dsnEnvid {
                let id = try ToolFailure.value(of: "--dsn-envid", dsnEnvid) { text throws(WireError) in
                    try EnvelopeID(text)
                }
                parameters.append(.envelopeID(id))
            }
            if smtpUTF8 { parameters.append(.smtpUTF8) }
            if let deliverBy { parameters.append(.deliverBy(try Self.time(deliverBy))) }
            if let holdFor {
                let release = try ToolFailure.value(of: "--hold-for", "\(holdFor)") { _ throws(WireError) in
                    try FutureRelease(afterSeconds: holdFor)
                }
                parameters.append(.futureRelease(release))
            }
            if let priority {
                let value = try ToolFailure.value(of: "--priority", "\(priority)") { _ throws(WireError) in
                    try MessagePriority(priority)
                }
                parameters.append(.priority(value))
            }
            if requireTLS { parameters.append(.requireTLS) }
            return parameters
        }
    }

    /// What RCPT is to say of reports.
    fileprivate var notification: RecipientParameter.Notification? {
        get throws(ToolFailure) {
            guard let dsnNotify else { return nil }
            let cases = dsnNotify.lowercased().split(separator: ",", omittingEmptySubsequences: false)
            if cases == ["never"] { return .never }
            guard !cases.isEmpty, cases.allSatisfy({ ["success", "failure", "delay"].contains($0) }) else {
                throw .usage("--dsn-notify must be never, or success, failure and delay with commas between")
            }
            return .when(
                success: cases.contains("success"),
                failure: cases.contains("failure"),
                delay: cases.contains("delay")
            )
        }
    }

    /// `3600`, `3600,N` or, as the RFC writes it, `3600;NT`.
    private static func time(_ text: String) throws(ToolFailure) -> DeliverBy {
        let parts = text.uppercased().split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "," || $0 == ";" }
        let mode = parts.count > 1 ? parts[1] : "R"
        guard let seconds = Int(parts[0]), ["R", "N", "RT", "NT"].contains(mode) else {
            throw .usage("--deliver-by must be a number of seconds, and behind a comma R or N, and T to trace")
        }
        return try ToolFailure.value(of: "--deliver-by", text) { _ throws(WireError) in
            try DeliverBy(
                seconds: seconds,
                mode: mode.hasPrefix("R") ? .returns : .notifies,
                isTraced: mode.hasSuffix("T")
            )
        }
    }
}

extension ExtensionOptions.Body {
    /// The library's word for it.
    var encoding: Content.Encoding {
        switch self {
        case .sevenBit: .sevenBit
        case .eightBit: .eightBit
        case .binary: .binary
        }
    }
}
