extension CommandChannel {
    /// Runs `body` on the connection's own executor, which in production is an event loop.
    ///
    /// For experts who send much: a call from another executor costs two changes of thread, which on a fast network is
    /// as much as a round trip. In here calls on this channel, and on a connection over it, cost none.
    ///
    /// - Important: Other connections live on the same event loop. Whatever blocks or computes for long in `body`
    ///   stalls them all, and the deadlines with them.
    /// - Parameter body: What to run, isolated to this channel, which it is given; it is a part of the calling task, and
    ///   cancelled with it.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func runOnEventLoop<Value: Sendable, Failure: Error>(
        _ body: @Sendable (isolated CommandChannel) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await withTaskExecutorPreference(executor) { () async throws(Failure) -> Value in try await body(self) }
    }
}
