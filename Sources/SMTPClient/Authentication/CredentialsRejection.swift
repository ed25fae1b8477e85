internal import SMTPWire
internal import Synchronization

/// Whether the server has said for good that it will not have the configured credentials: then they are not shown to it again
/// in this session.
final class CredentialsRejection: Sendable {
    private let rejection = Mutex<SMTPError?>(nil)

    var error: SMTPError? { rejection.withLock { $0 } }

    func note(_ error: SMTPError) {
        guard error.kind == .credentialsRejected, error.reply?.isPermanentNegative == true else { return }
        rejection.withLock { $0 = error }
    }

    func forget() {
        rejection.withLock { $0 = nil }
    }
}
