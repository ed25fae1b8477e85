/// What the tools have in common, from the command line to the exit code.
package enum Tool {
    /// Runs a tool as the whole of a process: on its streams, and until a signal cancels `body`.
    package static func run(_ body: @escaping @Sendable (StandardStreams) async -> ExitCode) async -> Int32 {
        StandardStreams.reserveNumbers()
        let cancellation = Cancellation()
        let signals = await Signals { cancellation.cancel() }
        defer { signals.stop() }
        return await cancellation.run { await body(.process).rawValue }
    }
}
