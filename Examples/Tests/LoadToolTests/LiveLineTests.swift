import Foundation
import SMTPTesting
import Testing
import ToolSupport
import ToolTesting

@testable import LoadTool

@Suite("The line on the terminal")
struct LiveLineTests {
    @Test("It says how much, how fast, how long each took, and what failed")
    func text() {
        var summary = LoadLedger.Summary()
        #expect(LiveLine.text(summary, of: 9, rate: 0) == "0/9  0/s  p50 - p95 - p99 -  errors 0")
        summary.accepted = 3
        summary.failed = 2
        for latency in [Duration.microseconds(20), .milliseconds(2), .seconds(3)] { summary.latencies.record(latency) }
        #expect(LiveLine.text(summary, of: 9, rate: 12) == "3/9  12/s  p50 2.0ms p95 3.1s p99 3.1s  errors 2")
    }

    @Test("It is there on a terminal, and the outcome is the line behind it")
    func terminal() async throws {
        let terminal = try Terminal()
        let errors = try ScratchFile()
        let streams = StandardStreams(input: errors.descriptor, output: terminal.near, error: errors.descriptor)
        let exitCode = try await MailSink.withListening { sink in
            let arguments = ["--host", "127.0.0.1", "--port", "\(sink.port)", "--messages", "20"]
            return await LoadTool.run(arguments, streams)
        }
        #expect(exitCode == .ok)
        let lines = try terminal.text().split(separator: "\r\n")
        #expect(lines.count == 2)
        #expect(lines.first?.firstMatch(of: /20\/20  \d+\/s  p50 .* p95 .* p99 .*  errors 0$/) != nil, "\(lines)")
        #expect(lines.last?.hasPrefix("{\"messages\":20,") == true)
    }
}

/// A terminal, as a program sees it at one end and a person at the other.
private final class Terminal {
    let near: Descriptor
    private let far: Descriptor

    init() throws {
        var (far, near): (Int32, Int32) = (-1, -1)
        guard openpty(&far, &near, nil, nil, nil) == 0 else { throw POSIXError(.ENODEV) }
        (self.far, self.near) = (Descriptor(number: far), Descriptor(number: near))
    }

    deinit {
        near.close()
        far.close()
    }

    /// What has been written so far.
    func text() throws -> String {
        var bytes: [UInt8] = []
        while far.isReadable(within: 0), let piece = try far.read(65_536), !piece.isEmpty { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }
}

@Suite("Latencies")
struct LatencyHistogramTests {
    @Test("A percentile is right to a sixteenth", arguments: [1, 15, 16, 17, 31, 32, 1_000, 12_345, 1_000_000_007])
    func precision(_ nanoseconds: Int64) throws {
        var histogram = LatencyHistogram()
        histogram.record(.nanoseconds(nanoseconds))
        let (found, exact) = (try #require(histogram.percentile(0.5)), Duration.nanoseconds(nanoseconds))
        #expect(found >= exact && found <= exact * 17 / 16)
    }

    @Test("Percentiles count from the shortest")
    func ranks() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(0.5) == nil)
        for value in (1...100).reversed() { histogram.record(.nanoseconds(value % 10)) }
        #expect(histogram.count == 100)
        #expect(histogram.percentile(0) == .zero)
        #expect(histogram.percentile(0.5) == .nanoseconds(4))
        #expect(histogram.percentile(1) == .nanoseconds(9))
        histogram.record(.seconds(Int64.max))
        #expect(histogram.percentile(1)! > .seconds(1_000_000))
    }
}
