import SMTPClient
import ToolSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The message as it is to be sent: in memory, or in a file that can be read more than once.
///
/// What is no file, such as standard input, is read to its end before anything is opened: a slow writer must not make
/// the server wait, and the message can be looked through. What is too large for memory goes to a temporary file.
struct Message {
    enum Source: Hashable {
        case standardInput
        case file(path: String)
    }

    /// The most octets of something that is no file that are kept in memory.
    static let memoryLimit = 4 << 20

    let content: Content
    let size: Int
    private let spool: SpoolFile?

    /// Finds or reads the message.
    ///
    /// - Throws: ``ToolFailure`` if it cannot be read, or if `patience` ends before it does.
    init(from source: Source, _ streams: StandardStreams, _ patience: Patience) throws(ToolFailure) {
        switch source {
        case .standardInput:
            if streams.input.isTerminal {
                streams.tell("smtp-send: the message, please; Ctrl-D on a line of its own ends it")
            }
            try self.init(reading: streams.input, named: "standard input", patience)
        case .file(let path):
            let descriptor = try Self.reading(path) { () throws(Descriptor.Failure) in try Descriptor.open(path: path) }
            defer { descriptor.close() }
            let fileSize = try Self.reading(path) { () throws(Descriptor.Failure) in try descriptor.fileSize() }
            if let fileSize {
                self.init(content: .file(path: path), size: fileSize, spool: nil)
            } else {
                try self.init(reading: descriptor, named: path, patience)
            }
        }
    }

    private init(content: Content, size: Int, spool: SpoolFile?) {
        self.content = content
        self.size = size
        self.spool = spool
    }

    private init(reading descriptor: Descriptor, named name: String, _ patience: Patience) throws(ToolFailure) {
        var bytes: [UInt8] = []
        var spool: SpoolFile?
        while true {
            let piece = try patience.read(65_536, from: descriptor, named: name)
            if piece.isEmpty { break }
            bytes += piece
            guard bytes.count > Self.memoryLimit else { continue }
            let file = if let spool { spool } else { try SpoolFile() }
            try file.append(bytes)
            spool = file
            bytes.removeAll(keepingCapacity: true)
        }
        guard let spool else {
            self.init(content: .bytes(bytes), size: bytes.count, spool: nil)
            return
        }
        try spool.append(bytes)
        self.init(content: .file(path: spool.path), size: spool.size, spool: spool)
    }

    private static func reading<Value>(
        _ name: String,
        _ body: () throws(Descriptor.Failure) -> Value
    ) throws(ToolFailure) -> Value {
        do throws(Descriptor.Failure) {
            return try body()
        } catch {
            throw ToolFailure(reading: name, error)
        }
    }
}

/// A temporary file, gone when nobody holds it any more.
private final class SpoolFile {
    private let descriptor: Descriptor
    private(set) var size = 0

    /// Opens the file from its beginning, as often as one likes.
    let path: String

    init() throws(ToolFailure) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var name = Array("\(folder)/smtp-send-XXXXXX".utf8CString)
        let number = mkstemp(&name)
        guard number >= 0 else { throw Self.failed(folder, .last) }
        descriptor = Descriptor(number: number)
        #if os(Linux)
        // Without a name it cannot be left behind, however the process ends.
        unlink(name)
        path = "/dev/fd/\(number)"
        #else
        path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        #endif
    }

    deinit {
        #if !os(Linux)
        unlink(path)
        #endif
        descriptor.close()
    }

    func append(_ bytes: [UInt8]) throws(ToolFailure) {
        do throws(Descriptor.Failure) {
            try descriptor.write(bytes)
        } catch {
            throw Self.failed(path, error)
        }
        size += bytes.count
    }

    private static func failed(_ name: String, _ error: Descriptor.Failure) -> ToolFailure {
        var failure = ToolFailure(.inputOutput, "cannot keep the message in \(name): \(error)", .inputOutput)
        failure.suggestion = "nothing was sent; make room there, or name another folder in TMPDIR"
        return failure
    }
}
