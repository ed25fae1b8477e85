/// A second of the years 0 to 9999 in UTC, as commands state one: `2026-11-24T04:15:00Z` (RFC 3339 §5.6).
public struct UTCTime: Hashable, Sendable {
    /// The seconds that can be stated, since 1970-01-01T00:00:00Z.
    public static let range: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    /// The seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public let secondsSince1970: Int64

    /// Creates a time.
    ///
    /// - Throws: ``WireError`` outside ``range``.
    public init(secondsSince1970: Int64) throws(WireError) {
        guard Self.range.contains(secondsSince1970) else { throw WireError(.outOfRange, in: .releaseTime) }
        self.secondsSince1970 = secondsSince1970
    }

    /// Reads a time as RFC 3339 writes it, of any zone; fractions of a second are dropped, and `nil` is no time.
    public init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard let year = Self.number(&rest, digits: 4), Self.take("-", &rest),
            let month = Self.number(&rest, digits: 2), Self.take("-", &rest),
            let day = Self.number(&rest, digits: 2), Self.take("T", &rest) || Self.take("t", &rest),
            let hour = Self.number(&rest, digits: 2), Self.take(":", &rest),
            let minute = Self.number(&rest, digits: 2), Self.take(":", &rest),
            let second = Self.number(&rest, digits: 2),
            (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year),
            hour < 24, minute < 60, second <= 60,
            Self.dropFraction(&rest), let zone = Self.zone(&rest), rest.isEmpty
        else { return nil }
        let seconds = Self.daysSince1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - zone
        guard Self.range.contains(seconds) else { return nil }
        secondsSince1970 = seconds
    }

    // MARK: The calendar

    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func days(beforeYear year: Int64) -> Int64 {
        guard year > 0 else { return 0 }
        let past = year - 1
        // The year 0 is a leap year.
        return 366 + past * 365 + past / 4 - past / 100 + past / 400
    }

    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let ofMonths = (1..<month).reduce(0) { $0 + days(inMonth: $1, of: year) }
        return days(beforeYear: year) + ofMonths + day - 1 - days(beforeYear: 1970)
    }

    // MARK: The text

    private static func take(_ character: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits count: Int) -> Int64? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(Octet.isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    private static func dropFraction(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard take(".", &rest) else { return true }
        let digits = rest.prefix(while: Octet.isDigit)
        rest = rest[digits.endIndex...]
        return !digits.isEmpty
    }

    /// The seconds that the zone is ahead of UTC.
    private static func zone(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        if take("Z", &rest) || take("z", &rest) { return 0 }
        let isBehind = rest.first == Octet.hyphen
        guard take("+", &rest) || take("-", &rest), let hour = number(&rest, digits: 2), take(":", &rest),
            let minute = number(&rest, digits: 2), hour < 24, minute < 60
        else { return nil }
        return (hour * 3_600 + minute * 60) * (isBehind ? -1 : 1)
    }
}

extension UTCTime: Comparable {
    /// Whether one is before the other.
    public static func < (lhs: UTCTime, rhs: UTCTime) -> Bool { lhs.secondsSince1970 < rhs.secondsSince1970 }
}

extension UTCTime: CustomStringConvertible {
    /// The time as it is sent.
    public var description: String {
        let sinceYear0 = secondsSince1970 - Self.range.lowerBound
        let (days, ofDay) = sinceYear0.quotientAndRemainder(dividingBy: 86_400)
        // A first guess that is never too early, and too late by seven years at most.
        var year = days / 365
        while Self.days(beforeYear: year) > days { year -= 1 }
        var day = days - Self.days(beforeYear: year)
        var month: Int64 = 1
        while day >= Self.days(inMonth: month, of: year) {
            day -= Self.days(inMonth: month, of: year)
            month += 1
        }
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day + 1, 2))"
        let time = [ofDay / 3_600, ofDay / 60 % 60, ofDay % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(time)Z"
    }

    private static func padded(_ number: Int64, _ count: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
    }
}
