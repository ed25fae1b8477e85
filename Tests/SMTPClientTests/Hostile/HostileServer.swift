import SMTPSession
import SMTPTesting
import SMTPTransport
import TestSupport

@testable import SMTPClient

/// A server over the pipe that is friendly up to one point, where it means harm.
struct HostileServer: Sendable {
    /// Where it does.
    enum Point: String, CaseIterable, Sendable {
        case greeting, EHLO, MAIL, RCPT, DATA, content, QUIT
    }

    /// What came of a client that sent one message to it.
    struct Encounter: Sendable {
        /// What was reported of the recipient.
        var word = "not attempted"

        /// Why it was not accepted.
        var error: SMTPError?

        /// How long the client took in all, in virtual time.
        var time: Duration = .zero

        /// All that the server has read.
        var received = ""

        /// The octets the server got rid of.
        var said = 0

        /// Whether a timer was left.
        var hasTimer = false
    }

    let point: Point
    var keywords = ["PIPELINING"]
    let harm: @Sendable (Peer) async throws -> Void

    private func serve(_ peer: Peer) async throws {
        if point == .greeting { return try await harm(peer) }
        try await peer.say("220 hostile.example")
        while let line = try await peer.line() {
            let verb = String(line.prefix(4))
            if verb == point.rawValue { return try await harm(peer) }
            switch verb {
            case "EHLO":
                try await peer.say(
                    (["250-hostile.example"] + keywords.map { "250-\($0)" } + ["250 X"]).joined(separator: "\n")
                )
            case "DATA":
                try await peer.say("354 go")
                _ = try await peer.content()
                if point == .content { return try await harm(peer) }
                try await peer.say("250 taken")
            case "QUIT":
                try await peer.say("221 bye")
                return peer.close()
            default: try await peer.say("250 ok")
            }
        }
    }

    /// Lets a client send one message to it.
    func meet(_ content: String = "Subject: x\n\nhello\n", chunking: ChunkingPolicy = .streams) throws -> Encounter {
        let executor = DeterministicExecutor()
        var encounter = try executor.run {
            let (near, far) = PipeTransport.pair(executor)
            let peer = Peer(far)
            let serving = Task(executorPreference: executor) {
                // That the client leaves is its right.
                try? await serve(peer)
                try? await peer.drain()
                return (peer.receivedText, peer.saidCount)
            }
            var encounter = Encounter()
            var configuration = SMTPConfiguration(security: .insecurePlain)
            configuration.chunking = chunking
            do throws(SMTPError) {
                let connection = try await SMTPConnection.open(over: near, configuration: configuration)
                do throws(SMTPError) {
                    try await connection.send(content, from: "a@x.example", to: ["b@x.example"])
                    encounter.word = "accepted"
                } catch {
                    encounter.error = error
                }
                await connection.quit()
            } catch {
                encounter.error = error
            }
            if let outcome = encounter.error?.report?.recipients.first?.outcome { encounter.word = outcome.name }
            encounter.time = MonotonicInstant(sinceStart: .zero).duration(to: executor.now)
            far.close(.closed)
            (encounter.received, encounter.said) = await serving.value
            return encounter
        }
        encounter.hasTimer = executor.nextTimer != nil
        return encounter
    }
}
