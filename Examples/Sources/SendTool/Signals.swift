import Dispatch

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Interrupt and termination, which end the run in order: the outcome is still told.
///
/// A second one ends the process as it always would.
final class Signals {
    private let sources: [any DispatchSourceSignal]

    init(_ handler: @escaping @Sendable () -> Void) {
        // Who does not read what the tool writes must not end it: the exit code still counts.
        signal(SIGPIPE, SIG_IGN)
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            // One that was ignored before, as nohup does, stays so.
            if Self.isSame(signal(number, SIG_IGN), SIG_IGN) { return nil }
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                signal(number, SIG_DFL)
                handler()
            }
            source.resume()
            return source
        }
    }

    func stop() {
        for source in sources { source.cancel() }
    }

    /// Two handlers as addresses: functions cannot be compared.
    private static func isSame(
        _ first: (@convention(c) (Int32) -> Void)?,
        _ second: (@convention(c) (Int32) -> Void)?
    ) -> Bool {
        unsafeBitCast(first, to: Int.self) == unsafeBitCast(second, to: Int.self)
    }
}
