import SMTPWire
import Testing

/// What a failure says: its kind, its subject, and which octet stands where.
struct Failure: Equatable, CustomTestStringConvertible {
    let kind: WireError.Kind
    let subject: WireError.Subject
    let octet: UInt8?
    let offset: Int?

    init(_ kind: WireError.Kind, _ subject: WireError.Subject, _ octet: UInt8? = nil, at offset: Int? = nil) {
        self.kind = kind
        self.subject = subject
        self.octet = octet
        self.offset = offset
    }

    init(_ error: WireError) {
        self.init(error.kind, error.subject, error.octet, at: error.offset)
    }

    var testDescription: String { "\(kind) in \(subject), octet \(octet.map(String.init) ?? "-") at \(offset ?? -1)" }
}

/// An illegal text and what is said of it.
struct Refusal: CustomTestStringConvertible {
    let text: String
    let failure: Failure

    init(_ text: String, _ failure: Failure) {
        self.text = text
        self.failure = failure
    }

    var testDescription: String { DisplayText.escape(text) }
}

/// The failure of `body`, or `nil` if it does not fail.
func failure<T>(_ body: () throws(WireError) -> T) -> Failure? {
    do throws(WireError) {
        _ = try body()
        return nil
    } catch {
        return Failure(error)
    }
}

func string(_ octets: some Sequence<UInt8>) -> String {
    String(decoding: Array(octets), as: UTF8.self)
}

/// Numbers that look random and are the same in each run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var result = state
        result = (result ^ (result >> 30)) &* 0xBF58_476D_1CE4_E5B9
        result = (result ^ (result >> 27)) &* 0x94D0_49BB_1331_11EB
        return result ^ (result >> 31)
    }
}
