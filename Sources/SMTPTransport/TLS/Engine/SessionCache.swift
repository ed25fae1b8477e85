internal import COpenSSL
internal import Synchronization

/// The sessions of a configuration that may be resumed, by host and name; bounded, the oldest leave first.
final class SessionCache: Sendable {
    struct Key: Hashable {
        let host: String
        let name: ServerName?
    }

    /// The most sessions of one server, so that none pushes out the others'.
    static let limitPerServer = 8

    fileprivate struct State {
        var sessions: [Key: [(age: UInt64, session: TLSSession)]] = [:]
        var count = 0
        var age: UInt64 = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) {
        self.capacity = max(0, capacity)
    }

    var isOn: Bool { capacity > 0 }

    /// The number of sessions kept.
    var count: Int { state.withLock { $0.count } }

    func add(_ session: TLSSession, for key: Key) {
        guard isOn else { return }
        state.withLock { state in
            state.age += 1
            var own = state.sessions[key, default: []]
            own.append((state.age, session))
            state.count += 1
            if own.count > Self.limitPerServer {
                own.removeFirst()
                state.count -= 1
            }
            state.sessions[key] = own
            if state.count > capacity { state.removeOldest() }
        }
    }

    /// Takes the newest session of a server; one of TLS 1.3 is not there a second time.
    func take(for key: Key) -> TLSSession? {
        guard isOn else { return nil }
        return state.withLock { state in
            while let (_, session) = state.sessions[key]?.last {
                let isUsable = session.isUsable
                if !isUsable || session.isSingleUse { state.removeLast(of: key) }
                if isUsable { return session }
            }
            return nil
        }
    }
}

extension SessionCache.State {
    fileprivate mutating func removeLast(of key: SessionCache.Key) {
        sessions[key]?.removeLast()
        if sessions[key]?.isEmpty == true { sessions[key] = nil }
        count -= 1
    }

    fileprivate mutating func removeOldest() {
        guard let key = sessions.min(by: { ($0.value.first?.age ?? 0) < ($1.value.first?.age ?? 0) })?.key else {
            return
        }
        sessions[key]?.removeFirst()
        if sessions[key]?.isEmpty == true { sessions[key] = nil }
        count -= 1
    }
}

/// A session that may be resumed, with what verification said when it was made.
final class TLSSession: @unchecked Sendable {
    // OpenSSL counts the references to a session and locks what changes in it.
    let session: OpaquePointer
    let verification: TLSVerification

    /// Takes a reference to `session` over.
    init(owning session: OpaquePointer, verification: TLSVerification) {
        self.session = session
        self.verification = verification
    }

    deinit {
        SSL_SESSION_free(session)
    }

    /// Whether a client that used it twice could be recognised by it (RFC 8446 §C.4).
    var isSingleUse: Bool { SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION }

    /// Whether it can be resumed, and the certificate that was verified then would still be within its dates.
    var isUsable: Bool {
        guard SSL_SESSION_is_resumable(session) == 1 else { return false }
        guard case .passed = verification, let certificate = SSL_SESSION_get0_peer(session) else { return true }
        return X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0
    }
}
