/// A token that an authorization server has given out (RFC 6750), and how long it is good for.
public struct BearerToken: Sendable {
    /// The token, without the word `Bearer`.
    public var secret: Secret

    /// How long it may be used from now, or `nil` until a server refuses it.
    public var lifetime: Duration?

    /// Creates a token.
    ///
    /// - Parameters:
    ///   - secret: The token.
    ///   - lifetime: How long it may be used from now; `expires_in` of RFC 6749 §5.1.
    public init(_ secret: Secret, lifetime: Duration? = nil) {
        self.secret = secret
        self.lifetime = lifetime
    }
}

/// Where tokens come from, shared by all connections that use them.
///
/// A token is asked for when it is needed, kept while it is good, and asked for once however many connections wait for it.
public actor BearerTokenSource {
    /// Why a token is asked for.
    @nonexhaustive
    public enum Reason: Hashable, Sendable {
        /// There is none, or the one there was is too old.
        case needed
        /// A server has refused the last one.
        case refused
    }

    /// A token, and which one it is.
    struct Issue: Sendable {
        let secret: Secret
        let number: Int
        let expiry: ContinuousClock.Instant?
    }

    typealias Waiter = CheckedContinuation<Result<Issue, any Error>, Never>

    private let fetch: @Sendable (Reason) async throws -> BearerToken
    private let now: @Sendable () -> ContinuousClock.Instant
    private var current: Issue?
    private var fetching: (number: Int, task: Task<Void, Never>)?
    private var fetchCount = 0
    private var waiters: [Int: Waiter] = [:]
    private var lastWaiter = 0
    private var issueCount = 0

    /// Creates a source.
    ///
    /// - Parameter fetch: Gets a token. It runs once at a time, and never on the event loop.
    public init(fetch: @escaping @Sendable (Reason) async throws -> BearerToken) {
        self.init(now: { ContinuousClock().now }, fetch: fetch)
    }

    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        fetch: @escaping @Sendable (Reason) async throws -> BearerToken
    ) {
        self.now = now
        self.fetch = fetch
    }

    /// Returns a token that is good, and newer than `refused` if a server has refused that; one is got on `outer`.
    func token(after refused: Issue? = nil, on outer: any TaskExecutor) async throws -> Issue {
        if let current, !isExpired(current), current.number != refused?.number { return current }
        if fetching == nil { startFetching(refused == nil ? .needed : .refused, on: outer) }
        lastWaiter += 1
        let number = lastWaiter
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { waiters[number] = $0 }
        } onCancel: {
            OffLoop.start(on: outer) { await self.giveUp(number) }
        }.get()
    }

    /// How many wait for a token.
    var waiterCount: Int { waiters.count }

    private func isExpired(_ issue: Issue) -> Bool { issue.expiry.map { $0 <= now() } ?? false }

    private func startFetching(_ reason: Reason, on outer: any TaskExecutor) {
        fetchCount += 1
        let number = fetchCount
        let task = OffLoop.start(on: outer) { [fetch] in
            let result: Result<BearerToken, any Error>
            do { result = .success(try await fetch(reason)) } catch { result = .failure(error) }
            await self.fetched(result, by: number)
        }
        fetching = (number, task)
    }

    private func fetched(_ result: Result<BearerToken, any Error>, by number: Int) {
        // One that was given up comes too late for those who asked since.
        guard fetching?.number == number else { return }
        fetching = nil
        let issue = result.map { token in
            issueCount += 1
            return Issue(
                secret: token.secret,
                number: issueCount,
                expiry: token.lifetime.map { now().advanced(by: $0) }
            )
        }
        // One that failed leaves the old one, which other servers may still take.
        if case .success(let issue) = issue { current = issue }
        let waiters = waiters.values
        self.waiters = [:]
        for waiter in waiters { waiter.resume(returning: issue) }
    }

    /// The others go on waiting; nobody waits for what the last one leaves.
    private func giveUp(_ number: Int) {
        guard let waiter = waiters.removeValue(forKey: number) else { return }
        if waiters.isEmpty { fetching.take()?.task.cancel() }
        waiter.resume(returning: .failure(CancellationError()))
    }
}
