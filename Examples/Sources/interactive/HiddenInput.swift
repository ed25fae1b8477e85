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
/// It gives each octet as it is typed, Control-C too: a signal would end the program and leave the terminal as it is.
struct HiddenInput {
    private let descriptor: Descriptor
    private let former: termios

    /// - Returns: `nil` if it is no terminal: there is nothing to hide.
    init?(_ descriptor: Descriptor) {
        var settings = termios()
        guard tcgetattr(descriptor.number, &settings) == 0 else { return nil }
        self.descriptor = descriptor
        former = settings
        settings.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(descriptor.number, TCSAFLUSH, &settings)
    }

    /// Puts the terminal back as it was.
    func end() {
        var settings = former
        tcsetattr(descriptor.number, TCSADRAIN, &settings)
    }
}
