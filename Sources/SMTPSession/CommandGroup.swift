public import SMTPWire

/// Commands that are sent together in one segment (RFC 2920).
public struct CommandGroup: Sendable {
    struct Member {
        let command: SMTPCommand
        let chunk: [UInt8]
    }

    private(set) var members: [Member] = []

    /// Adds `command`.
    public mutating func append(_ command: SMTPCommand) {
        members.append(Member(command: command, chunk: []))
    }

    /// Adds MAIL.
    public mutating func mail(from path: ReversePath, parameters: [MailParameter] = []) {
        append(.mail(path, parameters))
    }

    /// Adds RCPT.
    public mutating func recipient(to path: ForwardPath, parameters: [RecipientParameter] = []) {
        append(.recipient(path, parameters))
    }

    /// Adds BDAT with its chunk (RFC 3030 §2).
    public mutating func bdat(_ chunk: [UInt8], isLast: Bool) {
        members.append(Member(command: .bdat(size: chunk.count, last: isLast), chunk: chunk))
    }

    /// Adds BURL, which must be the last (RFC 4468 §3.2).
    public mutating func burl(_ url: ContentURL, isLast: Bool) {
        append(.burl(url, last: isLast))
    }

    /// Adds DATA, which must be the last.
    public mutating func data() {
        append(.data)
    }

    /// Adds RSET.
    public mutating func reset() {
        append(.reset)
    }

    /// Only a few commands may stand before others; all else must come last (RFC 2920 §3.1, RFC 3030 §4.2).
    func validate() throws(ChannelError) {
        guard !members.isEmpty else { throw .misuse(.emptyGroup) }
        if let early = members.dropLast().first(where: { !$0.command.mayPrecedeOthersInGroup }) {
            throw .misuse(.mustBeLastInGroup(verb: early.command.verb))
        }
    }
}

/// What became of one command of a group.
public struct CommandOutcome: Hashable, Sendable {
    /// The command.
    public let command: SMTPCommand

    /// The replies that came: one, or several to the end of a content in LMTP and PRDR.
    public let replies: [SMTPReply]

    /// Why not all replies came, or `nil` if they did.
    public let failure: ChannelError?

    /// Returns the command's last reply.
    ///
    /// - Throws: ``failure``, if not all replies came.
    public func reply() throws(ChannelError) -> SMTPReply {
        if let failure { throw failure }
        guard let last = replies.last else { throw .disconnected }
        return last
    }
}

extension CommandChannel {
    /// Sends a group of commands in one segment, and waits for all their replies (RFC 2920).
    ///
    /// Whether the server offers PIPELINING is for the caller to know. The rules of what may stand where are checked
    /// before anything is written.
    ///
    /// - Parameter build: Adds the commands.
    /// - Returns: One outcome for each command, in order. If the connection ends, or the task is cancelled, while
    ///   replies are missing, those that came are there all the same.
    /// - Throws: ``ChannelError/misuse(_:)`` for a group that is empty or in a wrong order, and whatever prevents the
    ///   group from being written.
    public func pipeline(_ build: (inout CommandGroup) -> Void) async throws(ChannelError) -> [CommandOutcome] {
        var group = CommandGroup()
        build(&group)
        try group.validate()
        let members = group.members
        guard members.count <= options.limits.pendingCommands else {
            throw .misuse(.tooManyCommands(limit: options.limits.pendingCommands))
        }
        return try await withTurn { () async throws(ChannelError) -> [CommandOutcome] in
            try admitCommand()
            for member in members {
                append(member.command, chunk: member.chunk)
            }
            await flush()
            return await outcomes(of: members.map(\.command))
        }
    }

    private func outcomes(of commands: [SMTPCommand]) async -> [CommandOutcome] {
        var result: [CommandOutcome] = []
        for command in commands {
            var replies: [SMTPReply] = []
            var failure: ChannelError?
            do throws(ChannelError) {
                repeat {
                    let entry = try await nextReply()
                    replies.append(entry.reply)
                    if entry.isLast { break }
                } while true
            } catch {
                failure = error
            }
            result.append(CommandOutcome(command: command, replies: replies, failure: failure))
        }
        return result
    }
}
