/// Why a value cannot be built, or bytes are no reply.
///
/// The description is one sentence that is safe to log: it names the offending octet and where it stands, and repeats
/// nothing of the input but that octet.
public struct WireError: Error, Hashable, Sendable {
    /// What is wrong.
    @nonexhaustive
    public enum Kind: Hashable, Sendable {
        /// An octet that has no place where it stands.
        case invalidOctet
        /// Nothing, where there must be something.
        case empty
        /// The end, where something must follow; for an address without `@`, too.
        case incomplete
        /// More octets than this; the first beyond it is what offends.
        case tooLong(limit: Int)
        /// A number or a form outside what the RFC allows.
        case outOfRange
        /// A part that may be there once, and is there again.
        case duplicate
        /// Text that must be base64 and is not.
        case invalidBase64
        /// An extension that must be understood to go on, and is not.
        case mandatoryExtension
        /// A reply line that does not begin with a code from 200 to 599 and a space, a hyphen or the line's end.
        case malformedReply
        /// A reply whose lines bear different codes.
        case mixedReplyCodes
        /// A reply line longer than this.
        case replyLineTooLong(limit: Int)
        /// A reply of more lines than this.
        case tooManyReplyLines(limit: Int)
        /// A reply of more octets than this.
        case replyTooLong(limit: Int)
    }

    /// What was to be built.
    @nonexhaustive
    public enum Subject: String, Hashable, Sendable {
        /// A mailbox, the local part excepted.
        case mailbox
        /// The part of a mailbox before the `@`.
        case localPart = "local part"
        /// A domain name.
        case domain
        /// A label of a domain name.
        case label = "label of a domain"
        /// An address in square brackets.
        case addressLiteral = "address literal"
        /// A reverse-path or forward-path.
        case path
        /// The name in EHLO, HELO or LHLO.
        case helloName = "hello name"
        /// A parameter of MAIL or RCPT.
        case parameter
        /// The time in DELIVERBY (RFC 2852).
        case deliverBy = "deliver-by time"
        /// The time in FUTURERELEASE (RFC 4865).
        case releaseTime = "release time"
        /// A priority in MT-PRIORITY (RFC 6710).
        case priority
        /// A keyword in NO-SOLICITING (RFC 3865 §2.2).
        case solicitation = "solicitation keyword"
        /// The URL of BURL (RFC 4468).
        case contentURL = "content URL"
        /// An attribute of XCLIENT or XFORWARD.
        case clientAttribute = "client attribute"
        /// The argument of a command.
        case argument
        /// The verb of a command.
        case verb
        /// The name of a SASL mechanism.
        case mechanism
        /// An envelope identifier (RFC 3461 §4.4).
        case envelopeID = "envelope identifier"
        /// Text in xtext (RFC 3461 §4).
        case xtext
        /// A message of a SASL mechanism.
        case saslMessage = "SASL message"
        /// A server's reply.
        case reply
    }

    /// What is wrong.
    public let kind: Kind

    /// What was to be built.
    public let subject: Subject

    /// The offending octet, if one offends.
    public let octet: UInt8?

    /// Where it stands, counted in octets from the start of what was given.
    public let offset: Int?

    init(_ kind: Kind, in subject: Subject, octet: UInt8? = nil, at offset: Int? = nil) {
        self.kind = kind
        self.subject = subject
        self.octet = octet
        self.offset = offset
    }

    /// What is wrong with `octets`: the octet at `fault`, or that they end there.
    init(faultAt fault: Int, of octets: ArraySlice<UInt8>, in subject: Subject) {
        if fault < octets.endIndex {
            self.init(.invalidOctet, in: subject, octet: octets[fault], at: fault)
        } else {
            self.init(.incomplete, in: subject, at: fault)
        }
    }

    /// Refuses text that is too long.
    static func checkLength(of text: String.UTF8View, limit: Int, in subject: Subject) throws(WireError) {
        guard text.count > limit else { return }
        throw WireError(.tooLong(limit: limit), in: subject, octet: text.dropFirst(limit).first, at: limit)
    }

    /// Refuses octets that are too many; their indices are offsets in what the caller gave.
    static func checkLength(of octets: ArraySlice<UInt8>, limit: Int, in subject: Subject) throws(WireError) {
        guard octets.count > limit else { return }
        let excess = octets.dropFirst(limit)
        throw WireError(.tooLong(limit: limit), in: subject, octet: excess.first, at: excess.startIndex)
    }
}

extension WireError: CustomStringConvertible {
    /// One sentence, safe to log.
    public var description: String {
        let place = offset.map { " at offset \($0)" } ?? ""
        let shown = octet.map { " \(Self.name($0))" } ?? ""
        return switch kind {
        case .invalidOctet: "invalid octet\(shown)\(place) in \(subject.rawValue)"
        case .empty: "empty \(subject.rawValue)\(place)"
        case .incomplete: "incomplete \(subject.rawValue)\(place)"
        case .tooLong(let limit) where offset != nil:
            "\(subject.rawValue) longer than \(limit) octets, the first too many is\(shown)\(place)"
        case .tooLong(let limit): "\(subject.rawValue) longer than \(limit) octets"
        case .outOfRange: "\(subject.rawValue) out of range\(place)"
        case .duplicate: "duplicate\(shown)\(place) in \(subject.rawValue)"
        case .invalidBase64: "invalid base64 in \(subject.rawValue)"
        case .mandatoryExtension: "unknown mandatory extension in \(subject.rawValue)"
        case .malformedReply: "malformed reply: unexpected\(shown)\(place) of a line"
        case .mixedReplyCodes: "reply with different codes on its lines"
        case .replyLineTooLong(let limit): "reply line longer than \(limit) octets"
        case .tooManyReplyLines(let limit): "reply of more than \(limit) lines"
        case .replyTooLong(let limit): "reply longer than \(limit) octets"
        }
    }

    private static func name(_ octet: UInt8) -> String {
        switch octet {
        case 0x0A: "LF"
        case 0x0D: "CR"
        case 0x00: "NUL"
        case 0x20: "space"
        case 0x21...0x7E: "'\(Character(UnicodeScalar(octet)))'"
        default:
            octet < 0x10
                ? "0x0" + String(octet, radix: 16, uppercase: true) : "0x" + String(octet, radix: 16, uppercase: true)
        }
    }
}
