import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// A small server that keeps the truth: what it took, whole, and for whom.
private final class TruthfulServer {
    private let peer: Peer
    private let keywords: [String]
    private let delay: Duration
    private(set) var taken: [String] = []

    init(_ peer: Peer, keywords: [String], delay: Duration) {
        self.peer = peer
        self.keywords = keywords
        self.delay = delay
    }

    /// Takes its time before each line it reads and each it writes.
    private func line() async throws -> String? {
        if delay > .zero { try await peer.transport.executor.sleep(for: delay) }
        return try await peer.line()
    }

    private func say(_ reply: String) async throws {
        if delay > .zero { try await peer.transport.executor.sleep(for: delay) }
        try await peer.say(reply)
    }

    func serve() async throws {
        var isOpen = false
        var recipients = 0
        try await say("220 ready")
        while let line = try await line() {
            switch line.prefix(4) {
            case "EHLO":
                let lines = ["server.example"] + keywords
                for (index, text) in lines.enumerated() {
                    try await say("250\(index == lines.count - 1 ? " " : "-")\(text)")
                }
            case "MAIL":
                guard !isOpen else {
                    try await say("503 nested MAIL")
                    continue
                }
                (isOpen, recipients) = (true, 0)
                try await say("250 mail")
            case "RCPT":
                recipients += isOpen ? 1 : 0
                try await say(isOpen ? "250 rcpt" : "503 no MAIL")
            case "RSET":
                isOpen = false
                try await say("250 reset")
            case "DATA":
                guard isOpen, recipients > 0 else {
                    try await say("503 no recipients")
                    continue
                }
                try await say("354 go")
                var content: [String] = []
                while true {
                    guard let line = try await self.line() else { return }
                    if line == "." { break }
                    content.append(line)
                }
                isOpen = false
                taken.append(content.joined(separator: "\n"))
                try await say("250 taken")
            case "QUIT":
                try await say("221 bye")
                peer.close()
                return
            default:
                try await say(line.hasPrefix("NOOP") ? "250 \(line)" : "500 what is \(line)?")
            }
        }
    }
}

/// Everything that can be broken off, broken off everywhere.
@Suite("SMTPConnection: at every step and every byte")
struct EveryStepTests {
    struct Result {
        var report: String
        var taken: [String]
        var received: String
        var isOpen: Bool
        var neighbours: [String]
    }

    private func settle(_ error: SMTPError) -> String {
        guard let outcomes = error.report?.recipients.map(\.outcome) else { return "not attempted" }
        if outcomes.contains(.unknown) { return "unknown" }
        return "not accepted"
    }

    /// Sends one message with neighbours on the same connection, disturbed by `disturb`.
    private func run(
        keywords: [String],
        outward: PipeOptions = PipeOptions(),
        homeward: PipeOptions = PipeOptions(),
        delay: Duration = .zero,
        disturb: @escaping @Sendable (DeterministicExecutor, Task<String, Never>) async -> Void = { _, _ in }
    ) throws -> Result {
        let executor = DeterministicExecutor()
        return try executor.run {
            let (near, far) = PipeTransport.pair(executor, outward: outward, homeward: homeward)
            let serving = Task(executorPreference: executor) { () -> ([String], String) in
                let peer = Peer(far)
                let server = TruthfulServer(peer, keywords: keywords, delay: delay)
                do { try await server.serve() } catch {}
                try? await peer.drain()
                return (server.taken, peer.receivedText)
            }
            var result = Result(report: "no connection", taken: [], received: "", isOpen: false, neighbours: [])
            let configuration = SMTPConfiguration(security: .insecurePlain)
            if let connection = try? await SMTPConnection.open(over: near, configuration: configuration) {
                _ = try? await connection.hello()
                let sending = Task(executorPreference: executor) { () -> String in
                    do throws(SMTPError) {
                        try await connection.send("first", from: "a@x.example", to: ["b@x.example", "c@x.example"])
                        return "accepted"
                    } catch {
                        return settle(error)
                    }
                }
                let neighbours = (0..<2).map { index in
                    Task(executorPreference: executor) { () -> String in
                        if index == 1 {
                            do throws(SMTPError) {
                                try await connection.send("second", from: "", to: ["postmaster"])
                                return "second accepted"
                            } catch {
                                return "second " + settle(error)
                            }
                        }
                        do {
                            let argument = try CommandArgument("\(index)")
                            return try await connection.channel.noop(argument).text.joined()
                        } catch { return "noop: \(error)" }
                    }
                }
                await disturb(executor, sending)
                result.report = await sending.value
                for task in neighbours { result.neighbours.append(await task.value) }
                result.isOpen = connection.channel.state.isOpen
                await connection.quit()
            }
            near.close(.closed)
            // What a stall holds back hides the end from the server.
            if outward.stallAfter != nil { far.close(.closed) }
            (result.taken, result.received) = await serving.value
            return result
        }
    }

    private func check(_ result: Result, _ place: Comment) {
        for (report, content) in [(result.report, "first"), (result.neighbours.last ?? "", "second")] {
            if report.hasSuffix("not accepted") || report.hasSuffix("not attempted") {
                #expect(!result.taken.contains(content), place)
            } else if report.hasSuffix("accepted") {
                #expect(result.taken.contains(content), place)
            } else if report.hasSuffix("unknown") {
                // The client has seen a 354, so DATA was received; how far the content got it cannot know.
                #expect(result.received.contains("DATA\r\n"), place)
            }
        }
        #expect(result.taken.allSatisfy { ["first", "second"].contains($0) }, place)
    }

    @Test(
        "Cancelled at every step: the report is true, and the connection usable or closed",
        arguments: [[], ["PIPELINING"]]
    )
    func cancelEverywhere(keywords: [String]) throws {
        var kept = 0
        var cases = 0
        for capacity in [1, 7, 65_536] {
            for moment in 0..<150 {
                var outward = PipeOptions()
                outward.capacity = capacity
                let result = try run(keywords: keywords, outward: outward, delay: .seconds(1)) { executor, task in
                    try? await executor.sleep(for: .milliseconds(500 * moment))
                    task.cancel()
                }
                let place: Comment = "\(keywords), capacity \(capacity), cancelled after \(moment) half seconds"
                check(result, place)
                cases += 1
                guard result.isOpen else { continue }
                kept += 1
                #expect(result.neighbours == ["NOOP 0", "second accepted"], place)
            }
        }
        print("cancelled at \(cases) places, \(kept) connections kept")
        #expect(kept > 0 && kept < cases)
    }

    @Test("Cut and stalled after every byte: the report is true", arguments: [[], ["PIPELINING"]])
    func cutEverywhere(keywords: [String]) throws {
        var cases = 0
        for end in [PipeOptions.End.endOfStream, .reset] {
            for isOutward in [true, false] {
                for after in 0..<420 {
                    var (outward, homeward) = (PipeOptions(), PipeOptions())
                    if isOutward {
                        outward.cut = .init(after: after, end: end)
                    } else {
                        homeward.cut = .init(after: after, end: end)
                    }
                    check(
                        try run(keywords: keywords, outward: outward, homeward: homeward),
                        "\(keywords) cut \(isOutward) \(after)"
                    )
                    cases += 1
                    guard end == .reset else { continue }
                    (outward, homeward) = (PipeOptions(), PipeOptions())
                    if isOutward { outward.stallAfter = after } else { homeward.stallAfter = after }
                    check(
                        try run(keywords: keywords, outward: outward, homeward: homeward),
                        "\(keywords) stall \(isOutward) \(after)"
                    )
                    cases += 1
                }
            }
        }
        print("cut or stalled at \(cases) places")
    }
}
