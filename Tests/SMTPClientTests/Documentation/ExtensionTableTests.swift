import Foundation
import Testing

/// `Docs/Extensions.md` names a test for all it says; here it is checked that there is one.
@Suite("The table of extensions")
struct ExtensionTableTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../..").standardizedFileURL

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The tests by `Suite.function`, of Swift and of the suites against real servers.
    private static func tests() throws -> Set<String> {
        var names: Set<String> = []
        for folder in ["Tests", "Examples/Tests"] {
            let files = FileManager.default.enumerator(
                at: root.appending(path: folder),
                includingPropertiesForKeys: nil
            )
            for case let file as URL in files ?? .init() where ["swift", "py"].contains(file.pathExtension) {
                var suite = ""
                // Without regular expressions, which take a minute for all lines.
                for line in try String(contentsOf: file, encoding: .utf8).utf8.split(separator: 0x0A) {
                    for prefix in ["struct ", "final class ", "class ", "extension "]
                    where line.starts(with: prefix.utf8) {
                        suite = name(line.dropFirst(prefix.utf8.count))
                    }
                    for prefix in ["    func ", "    def "] where line.starts(with: prefix.utf8) {
                        names.insert("\(suite).\(name(line.dropFirst(prefix.utf8.count)))")
                    }
                }
            }
        }
        return names
    }

    /// The letters, digits and underscores at the beginning.
    private static func name(_ text: Substring.UTF8View) -> String {
        let word = text.prefix { $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) }
        return String(decoding: word, as: UTF8.self)
    }

    @Test("Each test that it names exists")
    func tests() throws {
        let tests = try Self.tests()
        let named = try Self.text("Docs/Extensions.md").matches(of: /`([A-Z]\w+\.\w+)`/).map { String($0.1) }
        #expect(named.count > 50)
        for name in named where !tests.contains(name) {
            Issue.record("there is no test \(name)")
        }
    }

    @Test("Each keyword that the library knows is in it")
    func keywords() throws {
        let table = try Self.text("Docs/Extensions.md")
        let source = try Self.text("Sources/SMTPWire/Replies/ServiceExtensions+Keywords.swift")
        let keywords = source.matches(of: /Self\("([\w-]+)"\)/).map { String($0.1) }
        #expect(keywords.count > 20)
        for keyword in keywords where !table.contains(keyword) {
            Issue.record("\(keyword) is not in Docs/Extensions.md")
        }
    }
}
