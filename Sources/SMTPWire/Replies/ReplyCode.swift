/// The three digits a reply begins with (RFC 5321 §4.2.1), from 200 to 599.
public struct ReplyCode: RawRepresentable, Hashable, Sendable {
    /// What the first digit says.
    public enum Severity: UInt8, Hashable, Sendable {
        /// 2yz: it was done.
        case positiveCompletion = 2
        /// 3yz: go on.
        case positiveIntermediate = 3
        /// 4yz: not now.
        case transientNegative = 4
        /// 5yz: no.
        case permanentNegative = 5
    }

    /// What the second digit says; RFC 5321 names four, and servers use others.
    public enum Category: UInt8, Hashable, Sendable {
        /// x0z: syntax.
        case syntax = 0
        /// x1z: information.
        case information = 1
        /// x2z: the connection.
        case connection = 2
        /// x3z: not specified.
        case unspecified3 = 3
        /// x4z: not specified.
        case unspecified4 = 4
        /// x5z: the mail system.
        case mailSystem = 5
        /// x6z: not specified.
        case unspecified6 = 6
        /// x7z: not specified.
        case unspecified7 = 7
        /// x8z: not specified.
        case unspecified8 = 8
        /// x9z: not specified.
        case unspecified9 = 9
    }

    /// The number.
    public let rawValue: UInt16

    /// What the first digit says.
    public let severity: Severity

    /// Creates a code, or `nil` for a number that is none.
    public init?(rawValue: UInt16) {
        switch rawValue {
        case 200...299: severity = .positiveCompletion
        case 300...399: severity = .positiveIntermediate
        case 400...499: severity = .transientNegative
        case 500...599: severity = .permanentNegative
        default: return nil
        }
        self.rawValue = rawValue
    }

    /// What the second digit says.
    public var category: Category {
        Category(rawValue: UInt8(truncatingIfNeeded: rawValue / 10 % 10)) ?? .syntax
    }

    /// Whether the code is this number.
    public static func == (lhs: ReplyCode, rhs: UInt16) -> Bool {
        lhs.rawValue == rhs
    }
}

extension ReplyCode: CustomStringConvertible {
    /// The three digits.
    public var description: String { String(rawValue) }
}
