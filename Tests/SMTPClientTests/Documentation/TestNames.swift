import Foundation

/// The tests there are, for pages that name some.
enum TestNames {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        .standardizedFileURL

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// What a text names as a test, `Suite.function` in the marks of code.
    static func named(in text: some StringProtocol) -> [String] {
        String(text).matches(of: /`([A-Z]\w+\.\w+)`/).map { String($0.1) }
    }

    /// The tests by `Suite.function`, of Swift and of the suites against real servers.
    static func existing() throws -> Set<String> {
        var names: Set<String> = []
        for folder in ["Tests", "Examples/Tests"] {
            let files = FileManager.default.enumerator(
                at: root.appending(path: folder),
                includingPropertiesForKeys: nil,
                options: .skipsHiddenFiles
            )
            for case let file as URL in files ?? .init() where ["swift", "py"].contains(file.pathExtension) {
                var suite = ""
                // Without regular expressions, which take a minute for all lines.
                for line in try String(contentsOf: file, encoding: .utf8).utf8.split(separator: 0x0A) {
                    for prefix in ["struct ", "@Suite struct ", "final class ", "class ", "extension "]
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
}
