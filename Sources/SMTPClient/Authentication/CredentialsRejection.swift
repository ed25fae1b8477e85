import SMTPSession
internal import SMTPWire
internal import Synchronization

/// Whether the server has said for good that it will not have the configured credentials: then they are not shown to it again
/// in the same session.
///
/// One that begins anew, by TLS or for another client (XCLIENT), may know other users.
final class CredentialsRejection: Sendable {
    private let rejection = Mutex<(session: Int, error: SMTPError)?>(nil)

    func error(in state: TransactionState) -> SMTPError? {
        rejection.withLock { $0.flatMap { $0.session == state.sessionNumber ? $0.error : nil } }
    }

    func note(_ error: SMTPError, in state: TransactionState) {
        guard error.kind == .credentialsRejected, error.reply?.isPermanentNegative == true else { return }
        rejection.withLock { $0 = (state.sessionNumber, error) }
    }
}
