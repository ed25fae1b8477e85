import Foundation
package import ToolSupport

/// A file without a name, gone when nobody holds it.
package final class ScratchFile {
    package let descriptor: Descriptor

    package init() throws {
        var name = Array("\(NSTemporaryDirectory())/smtp-tool-XXXXXX".utf8CString)
        descriptor = Descriptor(number: mkstemp(&name))
        guard descriptor.number >= 0 else { throw POSIXError(.EIO) }
        unlink(name)
    }

    deinit { descriptor.close() }

    package func rewind() {
        lseek(descriptor.number, 0, SEEK_SET)
    }

    /// What was written to it, which must be UTF-8.
    package func text() throws -> String {
        rewind()
        var bytes: [UInt8] = []
        while let piece = try descriptor.read(65_536), !piece.isEmpty { bytes += piece }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw POSIXError(.EILSEQ) }
        return text
    }
}

extension String {
    /// Whether nothing in it steers a terminal, line ends excepted.
    package var isHarmless: Bool {
        unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || !(scalar.properties.generalCategory == .control || (0x202A...0x202E) ~= scalar.value)
        }
    }
}
