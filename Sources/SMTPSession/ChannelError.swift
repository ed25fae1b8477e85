public import SMTPTransport
public import SMTPWire

/// Why a command has no reply, or was not sent.
///
/// Replies are never errors here: a `550` is a reply like any other. The description is one line that is safe to log.
@nonexhaustive
public enum ChannelError: Error, Hashable, Sendable {
    /// The transport could not be opened, or broke.
    case transport(TransportError)

    /// The server closed the connection; `after` is the 421 by which it said so, if it did.
    case closedByServer(after: SMTPReply?)

    /// The channel was closed by ``CommandChannel/disconnect()``.
    case disconnected

    /// What was waited for did not come in time. The channel is closed: the reply might still come, and would shift all
    /// that follow.
    case timedOut(Phase, after: Duration)

    /// The server broke the protocol. Nothing it says is trusted from then on, and the channel is closed.
    case protocolViolation(ProtocolViolation)

    /// The waiting task was cancelled.
    ///
    /// A command already written keeps its place: its reply is dropped when it comes. One still partly in this process
    /// closes the channel.
    case cancelled

    /// The channel was closed in the midst of a message's content, so that it cannot be taken for whole: its source
    /// failed, or the server refused it early.
    case contentAbandoned

    /// The channel was closed since the server had agreed to STARTTLS and nobody went on to TLS: nothing may follow in clear.
    case upgradeAbandoned

    /// The call does not fit the state of the channel; nothing was written.
    case misuse(Misuse)
}

extension ChannelError {
    /// How a server broke the protocol.
    @nonexhaustive
    public enum ProtocolViolation: Hashable, Sendable {
        /// Bytes that are no reply, or a reply larger than the limits.
        case malformedReply(WireError)

        /// A reply that no command asked for.
        case unsolicitedReply(SMTPReply)

        /// A reply that began before the command it would answer was sent.
        case prematureReply

        /// Bytes that arrived behind the reply to STARTTLS and before the handshake: somebody between put them there, to
        /// have them read as if they had come over TLS.
        case bytesBeforeTLS(count: Int)

        /// A reply that says neither yes nor no to what it answers, or contradicts the replies before it.
        case unexpectedReply(SMTPReply)

        /// More bytes nobody asked for than ``ChannelLimits`` allow.
        case tooManyUnclaimedReplies(limit: Int)
    }

    /// A call that does not fit the state of the channel.
    @nonexhaustive
    public enum Misuse: Hashable, Sendable {
        /// The server waits for the content after a 354: a command would become part of the message.
        case contentExpected

        /// Content was to be sent, and the server did not ask for it by a 354.
        case contentNotExpected

        /// Replies to raw bytes have not been received yet: a command's reply could not be told from them.
        case unclaimedReplies(count: Int)

        /// A command that must be the last of its group is not (RFC 2920 §3.1).
        case mustBeLastInGroup(verb: String)

        /// A group without a command.
        case emptyGroup

        /// The server waits for the handshake behind its 220 to STARTTLS: ``CommandChannel/upgradeToTLS(_:host:)`` comes
        /// next, or the end.
        case tlsExpected

        /// TLS was to be started, and the server has not said 220 to STARTTLS.
        case tlsNotExpected

        /// More commands wait already, or are in the group, than ``ChannelLimits/pendingCommands`` allows.
        case tooManyCommands(limit: Int)

        /// A reply was to be received from a ``CommandStream``, and none is to come.
        case noReplyAwaited

        /// Two tasks were to send in one ``CommandStream`` at the same time: theirs would be mixed.
        case sendUnderWay

        /// Another task waits for a reply of the stream.
        case receiveUnderWay

        /// A ``CommandStream`` was used after the closure it was lent to.
        case streamEnded
    }

    /// What a channel or a client was doing when time ran out, named as RFC 5321 §4.5.3.2 does.
    @nonexhaustive
    public enum Phase: Hashable, Sendable {
        /// Setting TLS up.
        case tlsHandshake
        /// Waiting for the reply to the connection.
        case greeting
        /// Waiting for the reply to the command with this verb.
        case reply(to: String)
        /// Waiting for the reply to the content.
        case dataTermination
        /// Writing while the server took nothing, or less than a block.
        case write
        /// Writing while the server took less than this many octets a second, over a while.
        case slowness(octetsPerSecond: Int)
        /// The whole of it: the time allowed for everything together ran out.
        case overall
    }
}

extension ChannelError: CustomStringConvertible {
    /// One line that says what happened, safe to log.
    public var description: String {
        switch self {
        case .transport(let error): error.description
        case .closedByServer(nil): "the server closed the connection"
        case .closedByServer(let reply?): "the server closed the connection after: \(reply)"
        case .disconnected: "the connection was closed from this side"
        case .timedOut(let phase, let duration): "timed out after \(duration): \(phase)"
        case .protocolViolation(let violation): "the server broke the protocol: \(violation)"
        case .cancelled: "the task was cancelled"
        case .contentAbandoned: "the connection was closed in the midst of a message"
        case .upgradeAbandoned:
            "the connection was closed: the server had agreed to STARTTLS, and nobody went on to TLS"
        case .misuse(let misuse): misuse.description
        }
    }
}

extension ChannelError.ProtocolViolation: CustomStringConvertible {
    /// What the server did, safe to log.
    public var description: String {
        switch self {
        case .malformedReply(let error): error.description
        case .unsolicitedReply(let reply): "a reply nobody asked for: \(reply)"
        case .unexpectedReply(let reply): "a reply that makes no sense there: \(reply)"
        case .bytesBeforeTLS(let count):
            "\(count) bytes arrived between the reply to STARTTLS and the handshake: somebody between may have put them there"
        case .prematureReply: "a reply that began before its command was sent"
        case .tooManyUnclaimedReplies(let limit): "more than \(limit) replies that nobody asked for"
        }
    }
}

extension ChannelError.Misuse: CustomStringConvertible {
    /// What is wrong with the call.
    public var description: String {
        switch self {
        case .contentExpected: "the server waits for the content: a command would become part of the message"
        case .contentNotExpected: "the server did not ask for content"
        case .unclaimedReplies(let count): "\(count) replies to raw bytes have not been received yet"
        case .mustBeLastInGroup(let verb): "\(verb) must be the last command of its group (RFC 2920)"
        case .emptyGroup: "a group needs a command"
        case .tlsExpected: "the server waits for the TLS handshake"
        case .tlsNotExpected: "the server has not agreed to STARTTLS"
        case .tooManyCommands(let limit): "more than \(limit) commands at once"
        case .noReplyAwaited: "no command of the stream has a reply to come"
        case .sendUnderWay: "another task is sending in the stream"
        case .receiveUnderWay: "another task waits for a reply of the stream"
        case .streamEnded: "the stream was used after the closure it was lent to"
        }
    }
}

extension ChannelError.Phase: CustomStringConvertible {
    /// What was waited for.
    public var description: String {
        switch self {
        case .tlsHandshake: "the TLS handshake"
        case .greeting: "waiting for the greeting"
        case .reply(let verb): "waiting for the reply to \(verb)"
        case .dataTermination: "waiting for the reply to the message"
        case .write: "writing, the server took nothing, or next to nothing"
        case .slowness(let rate): "writing, the server took less than \(rate) octets a second"
        case .overall: "the deadline for everything together"
        }
    }
}
