/// Why a text is no ``SMTPURL``.
///
/// The description is one line that is safe to log: it names the part and where it begins or breaks, and repeats nothing
/// of the text, in which a password may stand anywhere if it was not written as it should be.
public struct SMTPURLError: Error, Hashable, Sendable {
    /// What is wrong.
    @nonexhaustive
    public enum Kind: Hashable, Sendable {
        /// The part is not there, or empty, and must be.
        case missing
        /// A character that must be written as `%` and two digits here, or has no place at all.
        case invalidCharacter
        /// A `%` without two hexadecimal digits, or octets that are no UTF-8.
        case invalidEncoding
        /// The value cannot be one.
        case invalidValue
        /// A scheme, or the name of an option, that means nothing here.
        case unknown
        /// An option that was there before.
        case duplicate
        /// An option that does not go together with the others.
        case conflict
        /// A part that such a URL does not have.
        case notAllowed
    }

    /// Which part it is.
    @nonexhaustive
    public enum Part: String, Hashable, Sendable {
        /// What stands before `://`.
        case scheme
        /// The user's name.
        case user
        /// The password or token.
        case password
        /// The host.
        case host
        /// The port.
        case port
        /// What stands between the port and the `?`.
        case path
        /// The name of an option behind the `?`.
        case option
        /// The option `security`.
        case security
        /// The option `auth`.
        case auth
        /// The option `hello`.
        case hello
        /// The option `ca-file`.
        case caFile = "ca-file"
        /// The option `server-name`.
        case serverName = "server-name"
        /// What stands behind a `#`.
        case fragment
    }

    /// What is wrong.
    public let kind: Kind

    /// Which part it is.
    public let part: Part

    /// Where the part begins, or the character stands, counted in octets from the start of the text.
    public let offset: Int

    init(_ kind: Kind, in part: Part, at offset: Int) {
        self.kind = kind
        self.part = part
        self.offset = offset
    }
}

extension SMTPURLError: CustomStringConvertible {
    /// One line that says what is wrong, where, and what to try.
    public var description: String {
        "the SMTP URL cannot be used: \(problem), at offset \(offset)" + (advice.map { "; \($0)" } ?? "")
    }

    private var name: String {
        switch part {
        case .scheme, .user, .password, .host, .port, .path, .fragment: "the \(part.rawValue)"
        case .option: "an option"
        case .security, .auth, .hello, .caFile, .serverName: "the option \(part.rawValue)"
        }
    }

    private var problem: String {
        switch kind {
        case .missing: "\(name) is missing"
        case .invalidCharacter: "\(name) has a character that cannot stand there as it is"
        case .invalidEncoding: "\(name) has a wrong percent-encoding"
        case .invalidValue: "\(name) cannot have this value"
        case .unknown: "\(name) is not known"
        case .duplicate: "\(name) is there twice"
        case .conflict: "\(name) does not go together with the rest"
        case .notAllowed: "\(name) means nothing here"
        }
    }

    private var advice: String? {
        switch (kind, part) {
        case (_, .scheme): "begin with smtp:// or smtps://"
        case (.missing, .password): "write user:password@, or set the credentials in the program"
        case (.invalidCharacter, .user), (.invalidCharacter, .password), (.invalidEncoding, _):
            "write each character but letters, digits and -._~ as % and two digits, such as %40 for @"
        case (.invalidValue, .security), (.conflict, .security):
            "smtp:// has starttls, insecure-starttls-if-offered and insecure-plain; smtps:// has tls"
        case (_, .port): "a port is a number from 1 to 65535; a / or @ in the password is written as %2F or %40"
        case (.unknown, .option), (.missing, .option): "there are security, auth, hello, ca-file and server-name"
        case (_, .auth): "give names of SASL mechanisms with commas between, either for passwords or for tokens"
        case (.notAllowed, .path), (.notAllowed, .fragment): "a / or # in the password is written as %2F or %23"
        case (.conflict, .caFile), (.conflict, .serverName): "without TLS there is no certificate to verify"
        default: nil
        }
    }
}
