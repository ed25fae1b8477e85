package import SMTPTransport
internal import SMTPWire

/// The server's side of a session without any I/O: octets in, actions out, no clock.
///
/// Whoever drives it asks for the ``next()`` action, does it, and tells what came of it. It processes what has been
/// received in order, pipelined or not, and gathers the replies until something else than writing is to be done.
package struct SinkMachine {
    /// What the driver has to do.
    package enum Action: Equatable {
        /// Write these octets.
        case write([UInt8])
        /// Let the other side read before going on.
        case pause
        /// Let this time pass.
        case wait(Duration)
        /// Begin TLS and say ``SinkMachine/tlsStarted()``; these octets were received behind STARTTLS.
        case startTLS(unread: [UInt8])
        /// Wait for octets, and say ``SinkMachine/received(_:)``, or that the stream has ended.
        case read
        /// Close the connection in order; there is nothing more to do.
        case close
        /// Break the connection off; there is nothing more to do.
        case reset
    }

    enum Mode {
        case greeting
        case commands
        case authentication
        case content
        case chunk
        case ended(Action)
    }

    /// Replies gathered beyond this are written before more is processed.
    static let outputUnit = 65_536

    let configuration: SinkConfiguration
    var script: SinkProgress
    var mode = Mode.greeting

    /// What is known of the session.
    package let record: SinkRecord

    /// The open transaction.
    var transaction: SinkTransaction?

    /// What XFORWARD has said of the client of the next transaction.
    var forwarded: [String: String] = [:]

    /// The content under way.
    var reception: SinkReception

    /// What was offered in the reply to the hello.
    var extensions = ServiceExtensions()

    /// The authentication under way; `nil` in one that only the script knows.
    var exchange: (any SinkExchange)?

    /// Greeted with a refusal: all that is still taken is QUIT (RFC 5321 §3.1).
    var isTurnedAway = false

    /// Whether the connection is closed once the effects have been dealt with.
    var isEnding = false

    var input = SinkInput()
    let isOneTooMany: Bool
    var output: [UInt8] = []
    var effects = Queue<SinkReply.Step>()
    var ended: [SinkTransaction] = []

    /// Creates the machine of a new session.
    ///
    /// - Parameters:
    ///   - configuration: What the server is.
    ///   - number: The session's number.
    ///   - isOneTooMany: Whether the client is turned away with 421.
    package init(_ configuration: SinkConfiguration, session number: Int, isOneTooMany: Bool = false) {
        self.configuration = configuration
        self.isOneTooMany = isOneTooMany
        script = SinkProgress(configuration.script)
        record = SinkRecord(number: number)
        reception = SinkReception(configuration.limits, offsets: [])
    }

    /// The session so far.
    package var session: SinkSession { record.session }

    /// Returns what is to be done next, having processed what was received as far as that needs no action.
    package mutating func next() -> Action {
        while true {
            if let action = nextEffect() { return action }
            if case .ended(let action) = mode { return action }
            if output.count >= Self.outputUnit || !advance() {
                // What was processed may have effects of its own.
                if effects.isEmpty { return output.isEmpty ? .read : .write(takeOutput()) }
            }
        }
    }

    /// Returns the transactions that have ended since the last call.
    package mutating func takeEndedTransactions() -> [SinkTransaction] {
        guard !ended.isEmpty else { return [] }
        defer { ended = [] }
        return ended
    }

    /// Processes the next thing that was received, and returns whether there was one.
    private mutating func advance() -> Bool {
        switch mode {
        case .greeting:
            greet()
            return true
        case .commands, .authentication:
            return takeLine()
        case .content:
            return takeContent()
        case .chunk:
            return takeChunk()
        case .ended:
            return false
        }
    }

    private mutating func nextEffect() -> Action? {
        while let step = effects.first {
            if case .say(let octets) = step {
                output += octets
                _ = effects.popFirst()
                continue
            }
            // What was said before is written before.
            guard output.isEmpty else { return .write(takeOutput()) }
            _ = effects.popFirst()
            return action(for: step)
        }
        return nil
    }

    private mutating func action(for step: SinkReply.Step) -> Action {
        switch step {
        case .say(let octets): return .write(octets)
        case .pause: return .pause
        case .wait(let duration): return .wait(duration)
        case .close: return end(.close)
        case .reset: return end(.reset)
        case .upgrade:
            let unread = Array(input.unread)
            record.change { $0.bytesBehindStartTLS = Array(unread.prefix(max(0, configuration.limits.recordedInput))) }
            return .startTLS(unread: unread)
        }
    }

    private mutating func takeOutput() -> [UInt8] {
        defer { output.removeAll(keepingCapacity: true) }
        return output
    }

    private mutating func end(_ action: Action) -> Action {
        sessionEnded(.closedBySink)
        mode = .ended(action)
        return action
    }
}

// MARK: What the driver tells

extension SinkMachine {
    /// Octets were received: one segment.
    package mutating func received(_ octets: RawSpan) {
        octets.withUnsafeBytes { octets in
            record.change { $0.record(octets, limit: configuration.limits.recordedInput) }
            input.append(octets)
        }
    }

    /// The client has ended its stream in order.
    package mutating func streamEnded() { sessionEnded(.closedByClient) }

    /// The connection broke, or TLS could not be begun.
    package mutating func connectionLost() { sessionEnded(.broken) }

    /// The sink is being stopped.
    package mutating func stopped() { sessionEnded(.closedBySink) }

    /// The client has been silent for ``SinkLimits/idleTime``.
    package mutating func idled() {
        say(.idle)
    }

    /// TLS is on, of which this is known: the session begins anew.
    ///
    /// All that the client said before is forgotten, who it is too: anybody may have said it (RFC 3207 §4.2).
    package mutating func tlsStarted(_ info: TLSInfo? = nil) {
        beginAnew()
        exchange = nil
        forwarded = [:]
        record.change { session in
            session.user = nil
            session.clientAttributes = [:]
            session.isEncrypted = true
            session.tls = info
        }
        if configuration.tls?.injection != .obey { input.removeAll() }
    }

    private mutating func sessionEnded(_ ending: SinkSession.Ending) {
        if case .ended = mode { return }
        record.change { if $0.ending == nil { $0.ending = ending } }
        endTransaction(.abandoned)
        effects = Queue()
        mode = .ended(.close)
    }
}
