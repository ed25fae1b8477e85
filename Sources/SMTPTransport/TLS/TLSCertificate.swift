/// A certificate (RFC 5280), kept as its DER; what it says is read when asked for.
public struct TLSCertificate: Hashable, Sendable {
    /// The certificate in DER.
    public let der: [UInt8]

    /// Creates a certificate from its DER, or `nil` if it is none.
    public init?(der: [UInt8]) {
        guard X509Reader(der) != nil else { return nil }
        self.der = der
    }

    /// Keeps what OpenSSL has parsed already.
    init(known der: [UInt8]) {
        self.der = der
    }

    /// The subject's distinguished name as text (RFC 2253), escaped.
    public var subject: String { reader?.name(\.subject) ?? "" }

    /// The issuer's distinguished name as text (RFC 2253), escaped.
    public var issuer: String { reader?.name(\.issuer) ?? "" }

    /// The subject alternative names that are DNS names or IP addresses: those the certificate is valid for.
    public var names: [TLSCertificateName] { reader?.names ?? [] }

    /// Whether `host`, a name or an IP address, is among ``names`` by the rules of RFC 9525; nothing else is checked.
    public func isFor(_ host: String) -> Bool {
        guard let name = ServerName(host), let reader else { return false }
        return reader.isFor(name)
    }

    /// The moment it begins to be valid.
    public var notBefore: TLSCertificateTime { reader?.notBefore ?? TLSCertificateTime(secondsSince1970: 0) }

    /// The moment it ceases to be valid.
    public var notAfter: TLSCertificateTime { reader?.notAfter ?? TLSCertificateTime(secondsSince1970: 0) }

    /// The serial number in hexadecimal digits.
    public var serialNumber: String { reader?.serialNumber ?? "" }

    /// The algorithm of the issuer's signature, such as `ecdsa-with-SHA256`.
    public var signatureAlgorithm: String { reader?.signatureAlgorithm ?? "" }

    /// The kind and size of the public key, such as `RSA 2048` or `EC 256`.
    public var publicKeyDescription: String { reader?.publicKeyDescription ?? "" }

    /// The SHA-256 fingerprint of the certificate, 32 octets.
    public var sha256: [UInt8] { Digest.sha256(der) }

    /// The SHA-256 fingerprint of the public key (SubjectPublicKeyInfo), 32 octets; what a pin of it compares.
    public var publicKeySHA256: [UInt8] { Digest.sha256(reader?.publicKeyInfo ?? []) }

    /// The certificate in PEM, with a line feed at each line's end.
    public var pem: String { reader?.pem ?? "" }

    private var reader: X509Reader? { X509Reader(der) }
}

/// A name that a certificate is valid for.
@nonexhaustive
public enum TLSCertificateName: Hashable, Sendable {
    /// A DNS name as it stands there, octet for octet, so that nothing hidden in it is lost.
    case dns([UInt8])
    /// The 4 or 16 octets of an IP address, or others if the certificate is malformed.
    case ipAddress([UInt8])
}

extension TLSCertificateName: CustomStringConvertible {
    /// The name as text, escaped.
    public var description: String {
        switch self {
        case .dns(let octets): SafeText.escape(octets)
        case .ipAddress(let octets): ServerName.text(ofAddress: octets)
        }
    }
}

/// A moment in a certificate, to the second.
public struct TLSCertificateTime: Comparable, Hashable, Sendable {
    /// The seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public let secondsSince1970: Int64

    /// Creates a moment.
    public init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    /// Whether `lhs` is earlier than `rhs`.
    public static func < (lhs: TLSCertificateTime, rhs: TLSCertificateTime) -> Bool {
        lhs.secondsSince1970 < rhs.secondsSince1970
    }
}

extension TLSCertificateTime: CustomStringConvertible {
    /// The moment in UTC as RFC 3339 writes it, such as `2027-01-31T12:00:00Z`.
    public var description: String {
        let days = secondsSince1970.flooredDivision(by: 86_400)
        let second = Int(secondsSince1970 - days * 86_400)
        // Days are counted from 1 March of the year 0, so that the leap day is the last of its year.
        let shifted = days + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let time = [second / 3600, second / 60 % 60, second % 60].map { Self.padded(Int64($0), 2) }
        return "\(date)T\(time.joined(separator: ":"))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
