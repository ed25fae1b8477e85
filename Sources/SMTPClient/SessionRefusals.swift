import SMTPSession
internal import SMTPWire
internal import Synchronization

/// What the server has refused in this session, and is not asked for again with each message.
///
/// A session that begins anew, by TLS or for another client (XCLIENT), knows nothing of it.
final class SessionRefusals: Sendable {
    private let credentials = Mutex<(session: Int, error: SMTPError)?>(nil)
    private let startTLS = Mutex<Int?>(nil)

    /// Why the configured credentials are not shown again: the server has said for good that it will not have them.
    func ofCredentials(in state: TransactionState) -> SMTPError? {
        credentials.withLock { $0.flatMap { $0.session == state.sessionNumber ? $0.error : nil } }
    }

    /// Takes in how an authentication with the configured credentials failed.
    func note(_ error: SMTPError, in state: TransactionState) {
        guard error.kind == .credentialsRejected, error.reply?.isPermanentNegative == true else { return }
        credentials.withLock { $0 = (state.sessionNumber, error) }
    }

    /// Whether the server would not start TLS.
    func isOfStartTLS(in state: borrowing TransactionState) -> Bool {
        let session = state.sessionNumber
        return startTLS.withLock { $0 == session }
    }

    /// The server would not start TLS, though it offered it.
    func noteStartTLS(in state: TransactionState) {
        startTLS.withLock { $0 = state.sessionNumber }
    }
}
