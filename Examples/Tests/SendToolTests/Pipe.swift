import Testing

@testable import SendTool

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A pipe of the system's; both ends are closed when it goes away.
final class Pipe {
    let reading: Descriptor
    let writing: Descriptor

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        reading = Descriptor(number: ends[0])
        writing = Descriptor(number: ends[1])
    }

    deinit {
        reading.close()
        writing.close()
    }
}

/// A folder of a test's own; it is removed with what is in it when it goes away.
final class ScratchFolder {
    let path: String
    private var names: [String] = []

    init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/send-tool-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// The path of something that is to be removed later.
    func path(of name: String) -> String {
        names.append(name)
        return "\(path)/\(name)"
    }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = path(of: name)
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(number >= 0)
        defer { close(number) }
        try Descriptor(number: number).write(bytes)
        return path
    }

    func fifo(_ name: String) throws -> String {
        let path = path(of: name)
        try #require(mkfifo(path, 0o600) == 0)
        return path
    }
}
