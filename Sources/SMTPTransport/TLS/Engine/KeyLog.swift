#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// The file that secrets are appended to for debugging, readable by its owner alone.
final class KeyLog: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws(TLSError) {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = "\(SafeText.quoted(path)): \(SystemError.text(errno))"
            throw TLSError(.invalidOption(name: "dangerousKeyLogFile", reason: reason), in: .configuration)
        }
    }

    deinit {
        close(descriptor)
    }

    /// Appends a line; one that cannot be written is lost.
    func append(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(descriptor, bytes, bytes.count)
    }
}
