#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Reads a file from its beginning, piece by piece; closed when it goes away.
final class FileReader: Sendable {
    private static let pieceSize = 262_144

    private let path: String
    private let descriptor: Int32

    /// Opens a file, without waiting.
    ///
    /// A pipe cannot be read twice, and opening one waits for its writer: only regular files are taken.
    ///
    /// - Throws: ``SMTPError/Kind/noInput`` if the file is missing, unreadable, or no regular file.
    init(path: String) throws(SMTPError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .noInput(path: path, errno: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            // Closed on the way out: the instance is complete, so it is deinitialised.
            throw .noRegularFile(path: path)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Reads the next piece off the event loop; `nil` at the end.
    func next(on outer: any TaskExecutor) async throws(SMTPError) -> [UInt8]? {
        try await OffLoop.run(on: outer) { () async -> Result<[UInt8]?, SMTPError> in
            do throws(SMTPError) { return .success(try self.next()) } catch { return .failure(error) }
        }.get()
    }

    /// Reads the next piece; `nil` at the end.
    func next() throws(SMTPError) -> [UInt8]? {
        var failure: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
            var read: Int
            repeat {
                read = Self.read(descriptor, buffer.baseAddress, buffer.count)
            } while read < 0 && errno == EINTR
            if read < 0 { failure = errno }
            count = max(0, read)
        }
        guard failure == 0 else { throw .noInput(path: path, errno: failure) }
        return piece.isEmpty ? nil : piece
    }

    private static func read(_ descriptor: Int32, _ address: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Darwin)
        Darwin.read(descriptor, address, count)
        #elseif canImport(Musl)
        Musl.read(descriptor, address, count)
        #else
        Glibc.read(descriptor, address, count)
        #endif
    }
}
