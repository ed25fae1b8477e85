import ToolSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A terminal that does not show what is typed, until ``end()``.
///
/// It gives each octet as it is typed, Control-C too. A signal that ends the program puts the terminal back first.
struct HiddenInput {
    /// What the handler of a signal finds, which cannot be given anything.
    private struct Former {
        var descriptor: Int32
        var settings: termios
    }

    private static let signals = [SIGTERM, SIGHUP, SIGINT]

    // Written before the handlers are in place and after they are gone.
    private nonisolated(unsafe) static var former: Former?

    private let descriptor: Descriptor
    private let former: termios

    /// - Returns: `nil` if it is no terminal: there is nothing to hide.
    init?(_ descriptor: Descriptor) {
        var settings = termios()
        guard tcgetattr(descriptor.number, &settings) == 0 else { return nil }
        self.descriptor = descriptor
        former = settings
        Self.former = Former(descriptor: descriptor.number, settings: settings)
        for number in Self.signals where !Signals.isIgnored(number) {
            signal(number) { number in
                if var former = HiddenInput.former { tcsetattr(former.descriptor, TCSANOW, &former.settings) }
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        settings.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(descriptor.number, TCSAFLUSH, &settings)
    }

    /// Puts the terminal back as it was.
    func end() {
        var settings = former
        tcsetattr(descriptor.number, TCSADRAIN, &settings)
        for number in Self.signals where !Signals.isIgnored(number) { signal(number, SIG_DFL) }
        Self.former = nil
    }
}
