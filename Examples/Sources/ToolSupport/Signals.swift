import Dispatch
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Interrupt, termination and hang-up, which end the run in order: the outcome is still told.
///
/// A second one ends the process as it always would.
package final class Signals {
    private let sources: [any DispatchSourceSignal]

    /// Watches for signals that were not ignored before, as nohup does, and calls `handler` for each.
    ///
    /// Returns once none can be missed any more.
    init(_ handler: @escaping @Sendable () -> Void) async {
        // Who does not read what the tool writes must not end it: the exit code still counts.
        signal(SIGPIPE, SIG_IGN)
        let queue = DispatchQueue(label: "signals")
        sources = [SIGINT, SIGTERM, SIGHUP].filter { !Self.isIgnored($0) }.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                signal(number, SIG_DFL)
                handler()
            }
            return source
        }
        for source in sources {
            await withCheckedContinuation { continuation in
                source.setRegistrationHandler { continuation.resume() }
                source.resume()
            }
            #if canImport(Darwin)
            // On Linux the source has put its own handler in the place of the default, which must stay there. Not
            // earlier: what is ignored and not watched yet is lost.
            signal(Int32(source.handle), SIG_IGN)
            #endif
        }
    }

    func stop() {
        for source in sources { source.cancel() }
    }

    /// Whether a signal is ignored, as under nohup, and is to stay so.
    package static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        #if canImport(Darwin)
        let handler = action.__sigaction_u.__sa_handler
        #elseif canImport(Musl)
        let handler = action.__sa_handler.sa_handler
        #else
        let handler = action.__sigaction_handler.sa_handler
        #endif
        // Functions cannot be compared, their addresses can.
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

/// A task that can be cancelled before it is there.
final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var task: Task<Int32, Never>?
    }

    private let state = Mutex(State())

    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            return state.task
        }?.cancel()
    }

    /// Runs `body` in a task that ``cancel()`` cancels.
    func run(_ body: @escaping @Sendable () async -> Int32) async -> Int32 {
        let task = Task { await body() }
        let isCancelled = state.withLock { state in
            state.task = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
        return await task.value
    }
}
