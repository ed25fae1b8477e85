import Foundation
import ToolSupport

/// A folder of a test's own; it is removed with what is in it when it goes away.
package final class ScratchFolder {
    package let path: String
    private var names: [String] = []

    package init() throws {
        var template = Array("\(NSTemporaryDirectory())/smtp-tool-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// The path of something that is to be removed later.
    package func path(of name: String) -> String {
        names.append(name)
        return "\(path)/\(name)"
    }

    package func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = path(of: name)
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard number >= 0 else { throw POSIXError(.EIO) }
        defer { close(number) }
        try Descriptor(number: number).write(bytes)
        return path
    }

    package func fifo(_ name: String) throws -> String {
        let path = path(of: name)
        guard mkfifo(path, 0o600) == 0 else { throw POSIXError(.EIO) }
        return path
    }
}
