internal import Synchronization

/// The contexts that the copies of a configuration share, one for each side, built when first needed.
final class TLSContextStore: Sendable {
    /// The store of all configurations in which nothing was changed.
    static let ofDefaults = TLSContextStore()

    private let contexts = Mutex<(client: TLSContext?, server: TLSContext?)>((nil, nil))

    /// The context for `role`; a failure is not kept, since a file may be put right.
    func context(for role: TLSRole, _ configuration: TLSConfiguration) throws(TLSError) -> TLSContext {
        try contexts.withLock { contexts throws(TLSError) in
            if role == .server {
                if let context = contexts.server { return context }
                guard configuration.identity != nil else {
                    let reason = "a server needs a certificate to show"
                    throw TLSError(.invalidOption(name: "identity", reason: reason), in: .configuration)
                }
                let context = try TLSContext(configuration, isServer: true)
                contexts.server = context
                return context
            }
            if let context = contexts.client { return context }
            let context = try TLSContext(configuration, isServer: false)
            contexts.client = context
            return context
        }
    }
}
