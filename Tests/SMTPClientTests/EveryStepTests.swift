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
    private struct Result: Sendable {
        var place = ""
        var report: String
        var taken: [String]
        var received: String
        var isOpen: Bool
        var neighbours: [String]
    }

    private static func settle(_ error: SMTPError) -> String {
        guard let outcomes = error.report?.recipients.map(\.outcome) else { return "not attempted" }
        if outcomes.contains(.unknown) { return "unknown" }
        return "not accepted"
    }

    /// Sends one message with neighbours on the same connection, disturbed by `disturb`.
    private static func run(
        _ keywords: [String],
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

    private func check(_ result: Result) {
        let place = Comment(rawValue: result.place)
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
    func cancelEverywhere(keywords: [String]) async throws {
        let results = try await onOwnThread {
            try [1, 7, 65_536].flatMap { capacity in
                try (0..<150).map { moment in
                    var outward = PipeOptions()
                    outward.capacity = capacity
                    var result = try Self.run(keywords, outward: outward, delay: .seconds(1)) { executor, task in
                        try? await executor.sleep(for: .milliseconds(500 * moment))
                        task.cancel()
                    }
                    result.place = "capacity \(capacity), cancelled after \(moment) half seconds"
                    return result
                }
            }
        }
        for result in results {
            check(result)
            if result.isOpen {
                #expect(result.neighbours == ["NOOP 0", "second accepted"], Comment(rawValue: result.place))
            }
        }
        let kept = results.count { $0.isOpen }
        print("cancelled at \(results.count) places, \(kept) connections kept")
        #expect(kept > 0 && kept < results.count)
    }

    private enum Fault: CaseIterable {
        case end
        case reset
        case stall

        func options(after count: Int) -> PipeOptions {
            var options = PipeOptions()
            switch self {
            case .end: options.cut = .init(after: count, end: .endOfStream)
            case .reset: options.cut = .init(after: count, end: .reset)
            case .stall: options.stallAfter = count
            }
            return options
        }
    }

    @Test("Cut and stalled after every byte: the report is true", arguments: [[], ["PIPELINING"]])
    func cutEverywhere(keywords: [String]) async throws {
        let results = try await onOwnThread {
            try Fault.allCases.flatMap { fault in
                try (0..<420).flatMap { count in
                    let options = fault.options(after: count)
                    var outward = try Self.run(keywords, outward: options)
                    outward.place = "\(fault) outward after \(count)"
                    var homeward = try Self.run(keywords, homeward: options)
                    homeward.place = "\(fault) homeward after \(count)"
                    return [outward, homeward]
                }
            }
        }
        for result in results { check(result) }
        print("cut or stalled at \(results.count) places")
        // Beyond the last byte nothing happens any more.
        #expect(results.contains { $0.report == "accepted" } && results.contains { $0.report == "unknown" })
    }
}
