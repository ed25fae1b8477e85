/// A fact about the client a proxy speaks for, in XCLIENT and XFORWARD (Postfix).
public struct ClientAttribute: Hashable, Sendable {
    /// The name of a fact.
    public struct Name: Hashable, Sendable {
        /// The name in upper case.
        public let text: String

        /// Creates a name.
        ///
        /// - Throws: ``WireError`` for anything but letters and digits.
        public init(_ text: String) throws(WireError) {
            try NameText.check(text, in: .clientAttribute, limit: 64, Octet.isLetterOrDigit)
            self.text = text.asciiUppercased
        }

        private init(unchecked text: String) {
            self.text = text
        }
    }

    /// What is known.
    @nonexhaustive
    public enum Value: Hashable, Sendable {
        /// This; an empty text says that there is nothing to know.
        case text(String)
        /// It cannot be found out.
        case unavailable
        /// It cannot be found out for now.
        case temporarilyUnavailable

        /// Whether both are the same octets; what is only canonically equivalent is not the same.
        public static func == (lhs: Value, rhs: Value) -> Bool {
            switch (lhs, rhs) {
            case (.text(let text), .text(let other)): text.hasSameOctets(as: other)
            case (.unavailable, .unavailable), (.temporarilyUnavailable, .temporarilyUnavailable): true
            default: false
            }
        }
    }

    /// The most octets of a value in xtext.
    public static let valueLengthLimit = 255

    /// Which fact.
    public let name: Name

    /// What is known.
    public let value: Value

    /// Creates an attribute of any name.
    ///
    /// - Throws: ``WireError`` for controls, and for a value beyond the limit.
    public init(_ name: Name, _ value: Value) throws(WireError) {
        if case .text(let text) = value {
            for (offset, octet) in text.utf8.enumerated() where Octet.isControl(octet) {
                throw WireError(.invalidOctet, in: .clientAttribute, octet: octet, at: offset)
            }
            try XText.checkLength(of: text, limit: Self.valueLengthLimit, in: .clientAttribute)
        }
        self.name = name
        self.value = value
    }

    /// Creates the address of the client, or of the server it spoke to, from IPv4 or IPv6 as text.
    ///
    /// - Throws: ``WireError`` for what is neither.
    public init(_ name: Name = .address, address: String) throws(WireError) {
        guard let literal = AddressLiteral(address: address) else {
            let octets = Array(address.utf8).prefix { $0 != 0x25 }
            let fault = IPAddressText.fault(in: octets) ?? octets.endIndex
            throw WireError(faultAt: fault, of: octets, in: .clientAttribute)
        }
        let isIPv6 = literal.content.utf8.contains(IPAddressText.colon)
        // Postfix spells the tag in capitals.
        try self.init(name, .text(isIPv6 ? "IPV6:" + literal.content.dropFirst(5) : literal.content))
    }
}

extension ClientAttribute.Name {
    /// NAME: the host name of the client.
    public static let name = Self(unchecked: "NAME")
    /// ADDR: the address of the client.
    public static let address = Self(unchecked: "ADDR")
    /// PORT: the port of the client.
    public static let port = Self(unchecked: "PORT")
    /// PROTO: SMTP or ESMTP.
    public static let `protocol` = Self(unchecked: "PROTO")
    /// HELO: what the client called itself.
    public static let helo = Self(unchecked: "HELO")
    /// LOGIN: who the client authenticated as (XCLIENT).
    public static let login = Self(unchecked: "LOGIN")
    /// DESTADDR: the address of the server the client spoke to (XCLIENT).
    public static let destinationAddress = Self(unchecked: "DESTADDR")
    /// DESTPORT: the port of the server the client spoke to (XCLIENT).
    public static let destinationPort = Self(unchecked: "DESTPORT")
    /// IDENT: what the proxy calls the message (XFORWARD).
    public static let identifier = Self(unchecked: "IDENT")
    /// SOURCE: LOCAL or REMOTE (XFORWARD).
    public static let source = Self(unchecked: "SOURCE")
}

extension ClientAttribute: CustomStringConvertible {
    /// The attribute as it is sent.
    public var description: String {
        switch value {
        case .text(let text): "\(name.text)=\(XText.encode(text.utf8))"
        case .unavailable: "\(name.text)=[UNAVAILABLE]"
        case .temporarilyUnavailable: "\(name.text)=[TEMPUNAVAIL]"
        }
    }
}

/// What XCLIENT or XFORWARD says of a client: one fact or more, on one line.
public struct ClientAttributes: Hashable, Sendable {
    /// The most octets of all attributes with the spaces between, so that the line has 512 at most (RFC 5321 §4.5.3.1.4).
    public static let lengthLimit = 500

    /// The attributes; at least one.
    public let attributes: [ClientAttribute]

    /// Creates a list; what does not fit goes into a further command.
    ///
    /// - Throws: ``WireError`` for an empty list and for one beyond the limit.
    public init(_ attributes: [ClientAttribute]) throws(WireError) {
        guard !attributes.isEmpty else { throw WireError(.empty, in: .clientAttribute) }
        let length = attributes.reduce(attributes.count - 1) { $0 + $1.description.utf8.count }
        guard length <= Self.lengthLimit else {
            throw WireError(.tooLong(limit: Self.lengthLimit), in: .clientAttribute)
        }
        self.attributes = attributes
    }

    /// Divides attributes over as few commands as take them in their order.
    ///
    /// - Throws: ``WireError`` for no attributes at all.
    public static func divided(_ attributes: [ClientAttribute]) throws(WireError) -> [ClientAttributes] {
        guard !attributes.isEmpty else { throw WireError(.empty, in: .clientAttribute) }
        var lists: [ClientAttributes] = []
        var rest = attributes[...]
        while !rest.isEmpty {
            var length = -1
            let taken = rest.prefix { attribute in
                length += 1 + attribute.description.utf8.count
                return length <= lengthLimit
            }
            // No single attribute is beyond the limit, so that each round takes one at least.
            lists.append(try ClientAttributes(Array(taken)))
            rest = rest.dropFirst(taken.count)
        }
        return lists
    }
}

extension ClientAttributes: CustomStringConvertible {
    /// The attributes as they are sent.
    public var description: String { attributes.map(\.description).joined(separator: " ") }
}
