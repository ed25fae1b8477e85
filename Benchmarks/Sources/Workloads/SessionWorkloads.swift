import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire

/// Whole messages over the pipe on one event loop: all that a message costs but the system calls.
extension Workload {
    /// The plans of messages, each for other recipients than the one before, so that none is kept from the last.
    static var planning: [Workload] {
        get throws {
            let envelopes = try ["a", "b"].map { name in
                var envelope = try Envelope(
                    from: "sender@bench.example",
                    to: (0..<10).map { "\(name)\($0)@bench.example" }
                )
                envelope.parameters = [.envelopeID(try EnvelopeID("bench"))]
                return envelope
            }
            return [
                session("Plan 1 KiB for 10 recipients", keywords: ["PIPELINING", "DSN", "SIZE"]) { connection, count in
                    for index in 0..<count { use(try await connection.plan(content, envelope: envelopes[index % 2])) }
                }
            ]
        }
    }

    /// Sending by each of the ways there are, and groups of the low level.
    static var sessions: [Workload] {
        let pipelining = ["PIPELINING"]
        let chunking = ["PIPELINING", "CHUNKING"]
        return [
            session("Send 1 KiB, lock-step", keywords: []) { connection, count in
                for _ in 0..<count { try await connection.send(content, envelope: try envelope) }
            },
            session("Send 1 KiB, pipelined", keywords: pipelining) { connection, count in
                for _ in 0..<count { try await connection.send(content, envelope: try envelope) }
            },
            session("Send 1 KiB by BDAT", keywords: chunking, chunking: .always) { connection, count in
                for _ in 0..<count { try await connection.send(content, envelope: try envelope) }
            },
            session("Sequence of 1 KiB, pipelined", keywords: pipelining, sequence),
            session("Sequence of 1 KiB, streamed by BDAT", keywords: chunking, chunking: .always, sequence),
            session("Pipeline MAIL, RCPT and RSET", keywords: pipelining) { connection, count in
                let (reversePath, forwardPath) = (try envelope.reversePath, try envelope.forwardPaths[0])
                for _ in 0..<count {
                    let outcomes = try await connection.channel.pipeline { group in
                        group.mail(from: reversePath)
                        group.recipient(to: forwardPath)
                        group.reset()
                    }
                    guard outcomes.count == 3 else { throw WorkloadFailure(reason: "\(outcomes)") }
                }
            },
        ]
    }

    private static let content = Content.text(
        String(repeating: String(repeating: "a", count: 62) + "\r\n", count: 16)
    )

    private static var envelope: Envelope {
        get throws { try Envelope(from: "sender@bench.example", to: ["rcpt0@bench.example"]) }
    }

    private static let sequence: @Sendable (SMTPConnection, Int) async throws -> Void = { connection, count in
        let message = MailObject(content, envelope: try envelope)
        var accepted = 0
        for try await report in connection.send(contentsOf: repeatElement(message, count: count)) {
            if report.isAcceptedForAll { accepted += 1 }
        }
        guard accepted == count else { throw WorkloadFailure(reason: "\(accepted) of \(count) were accepted") }
    }

    private static func session(
        _ name: String,
        keywords: [String],
        chunking: ChunkingPolicy = .never,
        _ work: @escaping @Sendable (SMTPConnection, Int) async throws -> Void
    ) -> Workload {
        Workload(name, batch: 1000) { count, begin, end in
            let executor = EventLoopExecutor.next()
            let (near, far) = PipeTransport.pair(executor)
            let server = Task(executorPreference: executor) { await PipeServer(far, keywords).serve() }
            var configuration = SMTPConfiguration(security: .insecurePlain)
            configuration.chunking = chunking
            let connection = try await SMTPConnection.open(over: near, configuration: configuration)
            try await connection.hello()
            begin()
            try await connection.channel.runOnEventLoop { _ in try await work(connection, count) }
            end()
            await connection.quit()
            await server.value
        }
    }
}
