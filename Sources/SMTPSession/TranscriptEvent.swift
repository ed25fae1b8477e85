/// A line of the dialogue, as a transcript shows it.
public struct TranscriptEvent: Hashable, Sendable {
    /// Which way a line went.
    @nonexhaustive
    public enum Direction: Hashable, Sendable {
        /// From here to the server.
        case sent
        /// From the server to here.
        case received
    }

    /// Which way the line went.
    public let direction: Direction

    /// The time since the channel was opened.
    public let time: Duration

    /// The line without its end, controls escaped: safe on a terminal and in a log.
    ///
    /// Credentials are replaced by a mark, and message content by its size, unless the options ask for them.
    public let line: String
}

extension TranscriptEvent: CustomStringConvertible {
    /// The line with `C:` or `S:` before it, as RFCs write dialogues.
    public var description: String {
        switch direction {
        case .sent: "C: \(line)"
        case .received: "S: \(line)"
        }
    }
}

/// What a transcript is told, and what of it is hidden.
public struct TranscriptObserver: Sendable {
    /// Shows credentials as they were sent.
    ///
    /// Default `false`. Dangerous: whoever reads the transcript can log in.
    public var dangerouslyShowsCredentials = false

    /// Shows the content of messages line by line, instead of its size.
    ///
    /// Default `false`.
    public var showsContent = false

    let receive: @Sendable (TranscriptEvent) -> Void

    /// Creates an observer.
    ///
    /// - Parameter receive: Called with each line, in order, on the transport's executor: it must return soon.
    public init(_ receive: @escaping @Sendable (TranscriptEvent) -> Void) {
        self.receive = receive
    }
}
