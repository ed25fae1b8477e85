import SMTPClient

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The message as it is to be sent: in memory, or in a file that can be read more than once.
///
/// Standard input is read to its end before anything is opened, so that a slow writer cannot make the server wait, and so
/// that it can be looked through. What does not fit into memory goes to a temporary file without a name.
enum MessageInput {
    enum Source: Hashable {
        case standardInput
        case file(path: String)
    }

    /// The most octets of standard input that are kept in memory.
    static let memoryLimit = 8 << 20

    /// The content, and its size as it is on disk or in memory.
    static func content(
        of source: Source,
        isOutOfTime: () -> Bool
    ) throws(SendFailure) -> (content: Content, size: Int) {
        switch source {
        case .file(let path): return (.file(path: path), try size(ofFile: path))
        case .standardInput: return try readStandardInput(isOutOfTime: isOutOfTime)
        }
    }

    /// The size of a readable file.
    static func size(ofFile path: String) throws(SendFailure) -> Int {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .noInput(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .noInput(path) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            errno = EISDIR
            throw .noInput(path)
        }
        return Int(status.st_size)
    }

    private static func readStandardInput(
        isOutOfTime: () -> Bool
    ) throws(SendFailure) -> (content: Content, size: Int) {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= memoryLimit {
            guard let count = try read(&piece, isOutOfTime) else { return (.bytes(bytes), bytes.count) }
            bytes += piece[..<count]
        }
        let file = try TemporaryFile()
        try file.append(bytes[...])
        while let count = try read(&piece, isOutOfTime) { try file.append(piece[..<count]) }
        return (.file(path: file.path), file.size)
    }

    /// Reads a piece of standard input, looking now and then whether there is still time; `nil` at its end.
    private static func read(_ piece: inout [UInt8], _ isOutOfTime: () -> Bool) throws(SendFailure) -> Int? {
        while true {
            if isOutOfTime() { throw .timedOut("the deadline passed before the end of standard input") }
            var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let ready = poll(&request, 1, 100)
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            #if canImport(Darwin)
            let count = Darwin.read(STDIN_FILENO, &piece, piece.count)
            #elseif canImport(Musl)
            let count = Musl.read(STDIN_FILENO, &piece, piece.count)
            #else
            let count = Glibc.read(STDIN_FILENO, &piece, piece.count)
            #endif
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            if count < 0 { throw .noInput("standard input") }
            return count == 0 ? nil : count
        }
    }
}

/// A file that goes away with the process: it has no name but the one of its descriptor.
private final class TemporaryFile {
    private let descriptor: Int32
    private(set) var size = 0

    /// A path that opens the file as long as the process lives, from its beginning each time.
    var path: String { "/dev/fd/\(descriptor)" }

    init() throws(SendFailure) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/smtp-send-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .spoolFailed(folder) }
        unlink(template)
    }

    func append(_ bytes: ArraySlice<UInt8>) throws(SendFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .spoolFailed(path) }
            rest = rest.dropFirst(count)
            size += count
        }
    }
}

extension SendFailure {
    fileprivate static func noInput(_ name: String) -> SendFailure {
        let reason = String(cString: strerror(errno))
        return SendFailure(.noInput, "cannot read \(name.debugDescription): \(reason)", .noInput)
    }

    fileprivate static func spoolFailed(_ name: String) -> SendFailure {
        let reason = String(cString: strerror(errno))
        return SendFailure(
            .inputOutput,
            "cannot keep standard input in \(name.debugDescription): \(reason)",
            .inputOutput
        )
    }
}
