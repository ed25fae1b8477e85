import SMTPWire
import Testing

@Suite("UTCTime")
struct UTCTimeTests {
    @Test(
        "Seconds as text, and text as seconds",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"), (1_795_493_700, "2026-11-24T04:15:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"), (-62_167_219_200, "0000-01-01T00:00:00Z"),
            (-62_162_121_600, "0000-02-29T00:00:00Z"), (-62_135_596_800, "0001-01-01T00:00:00Z"),
        ] as [(Int64, String)]
    )
    func text(seconds: Int64, text: String) throws {
        #expect(try UTCTime(secondsSince1970: seconds).description == text)
        #expect(UTCTime(text)?.secondsSince1970 == seconds)
    }

    @Test("Days from the year 0 to the year 9999 come back")
    func days() throws {
        for day in stride(from: UTCTime.range.lowerBound, to: UTCTime.range.upperBound, by: 86_400 * 307) {
            let time = try UTCTime(secondsSince1970: day + 12_345)
            #expect(UTCTime(time.description) == time)
        }
    }

    @Test(
        "Other forms of RFC 3339 are read",
        arguments: [
            ("2026-11-24t04:15:00z", 1_795_493_700), ("2026-11-24T05:15:00+01:00", 1_795_493_700),
            ("2026-11-23T23:45:00.999-04:30", 1_795_493_700), ("2016-12-31T23:59:60Z", 1_483_228_800),
        ] as [(String, Int64)]
    )
    func forms(text: String, seconds: Int64) {
        #expect(UTCTime(text)?.secondsSince1970 == seconds)
    }

    @Test(
        "What is no time is none",
        arguments: [
            "", "2026", "2026-11-24", "2026-11-24T04:15:00", "2026-13-24T04:15:00Z", "2026-00-24T04:15:00Z",
            "2026-11-31T04:15:00Z", "2026-02-29T04:15:00Z", "2100-02-29T00:00:00Z", "2026-11-24T24:15:00Z",
            "2026-11-24T04:60:00Z", "2026-11-24T04:15:61Z", "2026-11-24T04:15:00.Z", "2026-11-24T04:15:00+1:00",
            "2026-11-24T04:15:00Zx", "+026-11-24T04:15:00Z", "2026-11-24 04:15:00Z", "9999-12-31T23:59:59-01:00",
            "0000-01-01T00:00:00+00:01", "2026-11-24T04:15:00Z\r\n", "２026-11-24T04:15:00Z",
        ]
    )
    func noTime(text: String) {
        #expect(UTCTime(text) == nil)
    }

    @Test("Seconds out of range are refused", arguments: [Int64.min, .max, 253_402_300_800, -62_167_219_201])
    func range(seconds: Int64) {
        #expect(throws: WireError.self) { try UTCTime(secondsSince1970: seconds) }
    }
}
