/// A parameter of MAIL or RCPT of any name (RFC 5321 §4.1.2).
public struct ESMTPParameter: Hashable, Sendable {
    /// The most octets of a value here.
    public static let valueLengthLimit = 4096

    /// The keyword as given; servers do not regard its case.
    public let keyword: String

    /// The value, or `nil` for a keyword alone.
    public let value: String?

    /// Creates a parameter.
    ///
    /// - Throws: ``WireError`` for a keyword that is not letters, digits and hyphens, or a value with controls, spaces
    ///   or `=`, as the grammar has it.
    public init(_ keyword: String, value: String? = nil) throws(WireError) {
        try NameText.check(keyword, in: .parameter, limit: 128) { Octet.isLetterOrDigit($0) || $0 == Octet.hyphen }
        if keyword.utf8.first == Octet.hyphen {
            throw WireError(.invalidOctet, in: .parameter, octet: Octet.hyphen, at: 0)
        }
        if let value {
            try NameText.check(value, in: .parameter, limit: Self.valueLengthLimit) {
                $0 > 0x20 && $0 != 0x3D && $0 != 0x7F
            }
            if let offset = value.firstC1ControlOffset {
                throw WireError(.invalidOctet, in: .parameter, octet: 0xC2, at: offset)
            }
        }
        self.keyword = keyword
        self.value = value
    }
}

/// What octets a message has, as MAIL declares it (RFC 6152 §3, RFC 3030 §3).
public enum BodyType: String, Hashable, Sendable {
    /// Octets below 128, in lines.
    case sevenBit = "7BIT"
    /// Any octets, in lines.
    case eightBitMIME = "8BITMIME"
    /// Any octets; by BDAT only.
    case binaryMIME = "BINARYMIME"
}

/// How much of a message a report about it returns (RFC 3461 §4.3).
public enum ReturnContent: String, Hashable, Sendable {
    /// All of it.
    case full = "FULL"
    /// The header.
    case headers = "HDRS"
}

/// A parameter of MAIL.
@nonexhaustive
public enum MailParameter: Hashable, Sendable {
    /// SIZE: the octets of the content, as an estimate (RFC 1870 §6).
    case size(UInt64)
    /// BODY: what octets the content has (RFC 6152 §3).
    case body(BodyType)
    /// SMTPUTF8: an address or the header needs it (RFC 6531 §3.4).
    case smtpUTF8
    /// RET: how much of the message a report returns (RFC 3461 §4.3).
    case ret(ReturnContent)
    /// ENVID: the identifier reports bear (RFC 3461 §4.4).
    case envelopeID(EnvelopeID)
    /// AUTH: who submitted the message first; `nil` if nobody says (RFC 4954 §5).
    case auth(Mailbox?)
    /// PRDR: asks for a reply to the content for each recipient (draft-hall-prdr).
    case prdr
    /// Any other.
    case other(ESMTPParameter)
}

/// When a recipient's fate is reported (RFC 3461 §4.1).
public enum Notification: Hashable, Sendable {
    /// Never.
    case never
    /// In these cases.
    case when(success: Bool, failure: Bool, delay: Bool)
}

/// A parameter of RCPT.
@nonexhaustive
public enum RecipientParameter: Hashable, Sendable {
    /// NOTIFY: when this recipient's fate is reported (RFC 3461 §4.1).
    case notify(Notification)
    /// ORCPT: the address the message was first sent to (RFC 3461 §4.2).
    case originalRecipient(Mailbox)
    /// Any other.
    case other(ESMTPParameter)
}

extension MailParameter: CustomStringConvertible {
    /// The parameter as it is sent.
    public var description: String {
        switch self {
        case .size(let octets): "SIZE=\(octets)"
        case .body(let type): "BODY=\(type.rawValue)"
        case .smtpUTF8: "SMTPUTF8"
        case .ret(let content): "RET=\(content.rawValue)"
        case .envelopeID(let id): "ENVID=\(XText.encode(id.text.utf8))"
        case .auth(let mailbox): "AUTH=\(mailbox.map { XText.encode($0.description.utf8) } ?? "<>")"
        case .prdr: "PRDR"
        case .other(let parameter): parameter.description
        }
    }
}

extension RecipientParameter: CustomStringConvertible {
    /// The parameter as it is sent.
    public var description: String {
        switch self {
        case .notify(let notification): "NOTIFY=\(notification)"
        case .originalRecipient(let mailbox):
            // RFC 6533 §3 has a form of its own for addresses beyond ASCII.
            mailbox.isInternationalized
                ? "ORCPT=utf-8;\(UTF8AddressText.encode(mailbox.description))"
                : "ORCPT=rfc822;\(XText.encode(mailbox.description.utf8))"
        case .other(let parameter): parameter.description
        }
    }
}

extension ESMTPParameter: CustomStringConvertible {
    /// The parameter as it is sent.
    public var description: String { value.map { "\(keyword)=\($0)" } ?? keyword }
}

extension Notification: CustomStringConvertible {
    /// The value as it is sent; no case at all is never.
    public var description: String {
        guard case .when(let success, let failure, let delay) = self else { return "NEVER" }
        let cases = [success ? "SUCCESS" : nil, failure ? "FAILURE" : nil, delay ? "DELAY" : nil].compactMap { $0 }
        return cases.isEmpty ? "NEVER" : cases.joined(separator: ",")
    }
}

/// Addresses beyond ASCII in ORCPT, which may go to servers without SMTPUTF8 (RFC 6533 §3, `utf-8-addr-xtext`).
enum UTF8AddressText {
    static func encode(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let isPlain = (0x21...0x7E).contains(scalar.value) && scalar != "+" && scalar != "=" && scalar != "\\"
            if isPlain {
                result.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\x{\(digits.utf8.count < 2 ? "0" + digits : digits)}"
            }
        }
        return result
    }
}
