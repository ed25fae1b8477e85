import SMTPTransport
import SMTPWire
import ToolSupport

/// The report as a person reads it.
extension ProbeReport {
    /// What is known, each fact with its label.
    func lines(withPEM: Bool, at now: TLSCertificateTime) -> [String] {
        var lines: [String] = []
        if let address { lines += Self.labelled("connected to", ["\(endpoint.map { "\($0) at " } ?? "")\(address)"]) }
        if let greeting { lines += Self.labelled("greeting", greeting.text.map { "\(greeting.code) \($0)" }) }
        if let extensionsInClear { lines += Self.labelled("in clear", extensionsInClear.texts) }
        if let tls { lines += Self.lines(of: tls, withPEM: withPEM, at: now) }
        if let extensionsUnderTLS { lines += Self.labelled("under TLS", extensionsUnderTLS.texts) }
        for answer in answers {
            lines += Self.labelled("asked", [answer.question.line])
            lines += Self.labelled("  answer", answer.reply.text.map { "\(answer.reply.code) \($0)" })
        }
        return lines
    }

    /// What is wrong, and what to do about it.
    var complaint: [String] {
        guard let failure else { return [] }
        var lines = ["smtp-probe: \(failure.message)"]
        if let stop, stop.message != failure.message { lines.append("smtp-probe: \(stop.message)") }
        if let advice { lines.append("smtp-probe: \(advice)") }
        return lines
    }

    private var isOverSocket: Bool {
        if case .unixSocket? = endpoint { true } else { false }
    }

    private var advice: String? {
        guard let failure else { return nil }
        if let advice = failure.tlsAdvice(isOverSocket: isOverSocket) { return advice }
        switch failure.kind {
        case .usage, .invalidAddress: return "nothing was opened; see smtp-probe --help"
        case .noInput: return "check the path and its permissions"
        case .hostNotFound: return "check the host's name"
        case .connect where isOverSocket: return "check --socket, and whether the server runs"
        case .connect: return "check host and port, and whether the server runs and a firewall lets you through"
        case .timeout: return failure.adviceForTimeout(isOverSocket: isOverSocket)
        case .notOffered where isOverSocket: return "try --security plain to look without TLS"
        case .notOffered: return "try port 465, or --security plain to look without TLS"
        case .protocolViolation where isOverSocket:
            return "check that an SMTP server listens there, and which --security it wants"
        case .protocolViolation:
            return "check that an SMTP server listens there: --security tls is for port 465, starttls for 587 and 25"
        case .refused where failure.reply?.isTransientNegative == true: return "try again later"
        case .refused where failure.verb == "STARTTLS":
            return "the server's log knows why; --security plain looks without TLS"
        case .refused: return "the server's words say why"
        case .closed: return "try again; if it stays, the server's log knows why"
        default: return nil
        }
    }

    private static func lines(of tls: TLSInfo, withPEM: Bool, at now: TLSCertificateTime) -> [String] {
        let verdict =
            switch tls.verification {
            case .passed: "passed"
            case .failed(let failure): "FAILED: \(failure)"
            default: "skipped"
            }
        var lines = labelled("TLS", ["\(tls.version), \(tls.cipher)"])
        lines += labelled("name verified", [tls.serverName ?? "none"])
        lines += labelled("verification", [verdict])
        for (index, certificate) in tls.peerCertificates.enumerated() {
            let subject = certificate.subject
            lines += labelled("certificate \(index)", [subject.isEmpty ? "(no subject)" : subject])
            let host = index == 0 ? tls.serverName : nil
            for (label, text) in certificate.facts(at: now, for: host) { lines += labelled("  \(label)", [text]) }
            if withPEM { lines += certificate.pem.split(separator: "\n").map(String.init) }
        }
        return lines
    }

    /// Lines of text with a label before the first.
    private static func labelled(_ label: String, _ texts: [String]) -> [String] {
        (texts.isEmpty ? ["nothing"] : texts).enumerated().map { index, text in
            let label = index == 0 ? label : ""
            return label + String(repeating: " ", count: max(1, 18 - label.count)) + text
        }
    }
}

extension ServiceExtensions {
    fileprivate var texts: [String] { lines.map { ([$0.keyword] + $0.parameters).joined(separator: " ") } }
}

extension TLSCertificate {
    /// What a certificate says, whether that includes `host`, and how long it holds.
    fileprivate func facts(at now: TLSCertificateTime, for host: String?) -> [(String, String)] {
        let names = names.isEmpty ? "none" : names.map(\.description).joined(separator: ", ")
        let missing = host.flatMap { isFor($0) ? nil : ": NOT \($0)" } ?? ""
        return [
            ("issuer", issuer),
            ("names", names + missing),
            ("valid", "\(notBefore) to \(notAfter), \(remaining(at: now))"),
            ("key", "\(publicKeyDescription), signed with \(signatureAlgorithm)"),
            ("serial", serialNumber),
            ("SHA-256", Fingerprint.text(sha256)),
            ("SHA-256 of key", Fingerprint.text(publicKeySHA256)),
        ]
    }

    private func remaining(at now: TLSCertificateTime) -> String {
        if now < notBefore { return "NOT VALID for another \(Self.span(from: now, to: notBefore))" }
        if notAfter < now { return "EXPIRED \(Self.span(from: notAfter, to: now)) ago" }
        return "\(Self.span(from: now, to: notAfter)) left"
    }

    /// A time in the largest unit of which there are two at least.
    private static func span(from start: TLSCertificateTime, to end: TLSCertificateTime) -> String {
        let seconds = end.secondsSince1970 - start.secondsSince1970
        for (unit, length) in [("days", 86_400), ("hours", 3600), ("minutes", 60)] as [(String, Int64)]
        where seconds >= 2 * length {
            return "\(seconds / length) \(unit)"
        }
        return "\(seconds) seconds"
    }
}

/// A certificate in the forms that other tools take.
enum Fingerprint {
    /// Pairs of digits with colons between, as `openssl x509 -fingerprint` prints them.
    static func text(_ octets: [UInt8]) -> String {
        octets.map { octet in
            let digits = String(octet, radix: 16, uppercase: true)
            return digits.count < 2 ? "0\(digits)" : digits
        }.joined(separator: ":")
    }

    /// The PEM as a JSON string, whose line feeds must stay what they are.
    static func pem(_ certificate: TLSCertificate) -> String {
        "\"\(certificate.pem.split(separator: "\n").joined(separator: "\\n"))\\n\""
    }
}
