import SMTPTesting
import Synchronization

/// Watches what a server is asked and what it says, for what no report tells: whether the client keeps order.
final class ServerWatch: Sendable {
    private struct Sessions {
        /// RSET was not carried out, so that the transaction before it goes on.
        var keptOpen: Set<Int> = []
        /// MAIL came while a transaction was open, and not because of that.
        var nested: Set<Int> = []
    }

    private let sessions = Mutex(Sessions())

    private static let nestedMail = SinkReply.reply(503, "5.5.1 a transaction is open")

    /// Returns `script`, watched; a second behind its reply to HELP the server says something that nobody asked for.
    func watching(_ script: SinkScript) -> SinkScript {
        var watched = script
        watched.decide = { [self] moment, regular in
            if moment.verb == "HELP" { return regular.followed(by: .reply(250, "by the way").after(.seconds(1))) }
            let reply = script.decide?(moment, regular)
            note(moment, regular, reply ?? regular)
            return reply
        }
        return watched
    }

    private func note(_ moment: SinkMoment, _ regular: SinkReply, _ reply: SinkReply) {
        sessions.withLock { sessions in
            if moment.verb == "RSET", reply.code != 250 { sessions.keptOpen.insert(moment.session) }
            if moment.verb == "MAIL", regular == Self.nestedMail, !sessions.keptOpen.contains(moment.session) {
                sessions.nested.insert(moment.session)
            }
        }
    }

    /// The sessions in which RSET was not carried out.
    var keptOpen: Set<Int> { sessions.withLock { $0.keptOpen } }

    /// In how many sessions MAIL came while a transaction was open.
    var nestedCount: Int { sessions.withLock { $0.nested.count } }
}
