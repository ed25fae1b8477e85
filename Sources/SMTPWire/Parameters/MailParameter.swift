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
    /// BY: until when the message is to be delivered (RFC 2852).
    case deliverBy(DeliverBy)
    /// HOLDFOR or HOLDUNTIL: when the server is to let the message go (RFC 4865).
    case futureRelease(FutureRelease)
    /// MT-PRIORITY: how urgent the message is (RFC 6710).
    case priority(MessagePriority)
    /// SOLICIT: what the message solicits (RFC 3865 §2.3).
    case solicitation(SolicitationKeywords)
    /// REQUIRETLS: every server on the way must use TLS with a verified certificate (RFC 8689 §2).
    case requireTLS
    /// PRDR: asks for a reply to the content for each recipient (draft-hall-prdr).
    case prdr
    /// Any other.
    case other(ESMTPParameter)
}

extension MailParameter: CustomStringConvertible {
    /// The parameter as it is sent.
    public var description: String {
        var octets: [UInt8] = []
        append(to: &octets)
        return String(decoding: octets, as: UTF8.self)
    }

    /// Appends the parameter as it is sent; straight into the command's octets, since MAIL is sent for each message.
    func append(to output: inout [UInt8]) {
        switch self {
        case .size(let octets):
            output += "SIZE=".utf8
            output.append(decimal: octets)
        case .body(let type):
            output += "BODY=".utf8
            output += type.rawValue.utf8
        case .smtpUTF8: output += "SMTPUTF8".utf8
        case .ret(let content):
            output += "RET=".utf8
            output += content.rawValue.utf8
        case .envelopeID(let id):
            output += "ENVID=".utf8
            XText.append(id.text.utf8, to: &output)
        case .auth(let mailbox):
            output += "AUTH=".utf8
            if let mailbox {
                XText.append(mailbox.description.utf8, to: &output)
            } else {
                output += "<>".utf8
            }
        case .deliverBy(let time): output += time.description.utf8
        case .futureRelease(let time): output += time.description.utf8
        case .priority(let priority):
            output += "MT-PRIORITY=".utf8
            output.append(decimal: priority.rawValue)
        case .solicitation(let keywords):
            output += "SOLICIT=".utf8
            output += keywords.description.utf8
        case .requireTLS: output += "REQUIRETLS".utf8
        case .prdr: output += "PRDR".utf8
        case .other(let parameter): output += parameter.description.utf8
        }
    }
}
