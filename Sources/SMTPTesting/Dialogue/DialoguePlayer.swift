internal import SMTPTransport
internal import SMTPWire
internal import Synchronization

/// Plays one side of a dialogue over a transport, and checks the other.
final class DialoguePlayer {
    /// Which step is under way, for whoever must say where a dialogue stood still.
    final class Progress: Sendable {
        private let step = Mutex<Dialogue.Step?>(nil)

        var current: Dialogue.Step? {
            get { step.withLock { $0 } }
            set { step.withLock { $0 = newValue } }
        }
    }

    /// The most octets of what came instead that an error shows.
    private static let shownCount = 512

    private let dialogue: Dialogue
    private let side: Dialogue.Side
    private let transport: any Transport
    private let progress: Progress
    private let buffer = ReceiveBuffer()

    init(_ dialogue: Dialogue, _ side: Dialogue.Side, _ transport: any Transport, _ progress: Progress) {
        self.dialogue = dialogue
        self.side = side
        self.transport = transport
        self.progress = progress
    }

    func play() async throws(DialogueError) {
        defer { transport.close(.closed) }
        var rest = dialogue.steps[...]
        while let step = rest.popFirst() {
            progress.current = step
            guard step.side == side else {
                if try await expect(step) { return }
                continue
            }
            try checkTurn(step)
            switch step.act {
            case .say(var octets):
                // What is said without anybody between goes in one segment, as a server's reply does.
                while case .say(let more)? = rest.first?.act, rest.first?.side == side {
                    octets += more
                    rest.removeFirst()
                }
                // That the other side has left shows at the next line of its own, if there is one.
                try? await transport.write(octets.span.bytes)
            case .wait(let duration): try? await transport.executor.sleep(for: duration)
            case .reset:
                transport.abort()
                return
            case .close: return
            }
        }
        progress.current = nil
        // The server waits for the client to leave; a client that has said all leaves.
        if side == .server { try await expectEnd() }
    }

    /// Refuses what the other side has said too early, as far as it has come.
    private func checkTurn(_ step: Dialogue.Step) throws(DialogueError) {
        guard buffer.isEmpty else { throw DialogueError(.outOfTurn, at: step, got: received([])) }
    }

    /// Waits for what the other side is to do, and returns whether that was the end.
    private func expect(_ step: Dialogue.Step) async throws(DialogueError) -> Bool {
        switch step.act {
        case .say(let octets):
            try await expect(octets, step)
            return false
        case .wait:
            return false
        case .close, .reset:
            try checkTurn(step)
            let end = await read()
            guard case .success(false) = end, step.act == .close else {
                if case .failure = end, step.act == .reset { return true }
                throw DialogueError(.mismatch, at: step, got: (try? end.get()) == true ? received([]) : "another end")
            }
            return true
        }
    }

    private func expect(_ expected: [UInt8], _ step: Dialogue.Step) async throws(DialogueError) {
        var matched = 0
        while matched < expected.count {
            if buffer.isEmpty {
                let end = await read()
                guard case .success(true) = end else {
                    throw unfinished(step, expected[..<matched], end)
                }
            }
            let count = commonCount(expected[matched...])
            guard count == min(buffer.count, expected.count - matched) else {
                throw DialogueError(.mismatch, at: step, got: received(expected[..<matched]))
            }
            buffer.consume(count)
            matched += count
        }
    }

    private func unfinished(
        _ step: Dialogue.Step?,
        _ matched: ArraySlice<UInt8>,
        _ end: Result<Bool, TransportError>
    ) -> DialogueError {
        var underlying: TransportError?
        if case .failure(let error) = end { underlying = error }
        return DialogueError(
            .unfinished,
            at: step,
            got: matched.isEmpty ? nil : DisplayText.escape(matched),
            underlying: underlying
        )
    }

    private func expectEnd() async throws(DialogueError) {
        guard buffer.isEmpty, (try? await read().get()) != true else {
            throw DialogueError(.outOfTurn, at: nil, got: received([]))
        }
    }

    private func read() async -> Result<Bool, TransportError> {
        do throws(TransportError) {
            return .success(try await transport.read(into: buffer))
        } catch {
            return .failure(error)
        }
    }

    /// How many of the octets that lie there are as expected.
    private func commonCount(_ expected: ArraySlice<UInt8>) -> Int {
        buffer.withBytes { bytes in
            bytes.withUnsafeBytes { octets in zip(octets, expected).prefix { $0 == $1 }.count }
        }
    }

    /// The line that came instead, as far as it is there: what of it was as expected, and the rest.
    private func received(_ matched: ArraySlice<UInt8>) -> String {
        let rest = buffer.withBytes { bytes in
            bytes.withUnsafeBytes { octets -> [UInt8] in
                let end = octets.firstIndex(of: 0x0A).map { $0 + 1 } ?? octets.count
                return Array(octets[..<min(end, Self.shownCount)])
            }
        }
        return DisplayText.escape(matched + rest)
    }
}
