/// The commands a sink knows.
enum SinkVerb: String {
    case ehlo = "EHLO"
    case helo = "HELO"
    case lhlo = "LHLO"
    case mail = "MAIL"
    case send = "SEND"
    case soml = "SOML"
    case saml = "SAML"
    case rcpt = "RCPT"
    case data = "DATA"
    case bdat = "BDAT"
    case burl = "BURL"
    case rset = "RSET"
    case noop = "NOOP"
    case verify = "VRFY"
    case expand = "EXPN"
    case help = "HELP"
    case quit = "QUIT"
    case auth = "AUTH"
    case startTLS = "STARTTLS"
    case etrn = "ETRN"
    case atrn = "ATRN"
    case turn = "TURN"
    case xclient = "XCLIENT"
    case xforward = "XFORWARD"

    /// Whether commands may follow it before its reply, where PIPELINING is offered (RFC 2920 §3.1, RFC 3030 §4.2).
    var mayPrecedeOthers: Bool {
        switch self {
        case .rset, .mail, .send, .soml, .saml, .rcpt, .bdat: true
        default: false
        }
    }
}

/// A command line in its parts.
struct SinkCommandLine {
    /// The line without its end.
    let octets: ArraySlice<UInt8>

    /// The first word in upper case.
    let name: String

    /// What follows the first word and a space.
    let argument: ArraySlice<UInt8>

    init(_ octets: ArraySlice<UInt8>) {
        self.octets = octets
        let end = octets.firstIndex(of: 0x20) ?? octets.endIndex
        var word: [UInt8] = []
        for octet in octets[..<end] { word.append(octet &- 0x61 < 26 ? octet & 0xDF : octet) }
        name = String(decoding: word, as: UTF8.self)
        argument = octets[end...].dropFirst()
    }

    var verb: SinkVerb? { SinkVerb(rawValue: name) }

    var text: String { String(decoding: octets, as: UTF8.self) }

    var argumentText: String { String(decoding: argument, as: UTF8.self) }

    /// The path behind `keyword`, which is `FROM:` or `TO:`, in upper case.
    func path(behind keyword: StaticString) -> SinkPath? {
        let count = keyword.utf8CodeUnitCount
        guard argument.count > count else { return nil }
        let matches = keyword.withUTF8Buffer { keyword in
            zip(keyword, argument).allSatisfy { $0 == ($1 &- 0x61 < 26 ? $1 & 0xDF : $1) }
        }
        return matches ? SinkPath(argument.dropFirst(count)) : nil
    }
}
