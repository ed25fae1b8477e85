import Foundation
import Testing

@testable import GuideCode

/// The Swift in the guides is in sources that are compiled, line by line.
@Suite("Guides")
struct GuideTests {
    private static let project = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../..").standardizedFileURL

    @Test("Every block of Swift in the guides is compiled somewhere", arguments: guides)
    func compiled(guide: String) throws {
        let text = try String(contentsOf: Self.project.appending(path: guide), encoding: .utf8)
        let sources = try Self.sources()
        for block in Self.blocks(text) {
            let (imports, code) = (block.filter { $0.hasPrefix("import ") }, block.filter { !$0.hasPrefix("import ") })
            let isCompiled = sources.contains { lines in
                imports.allSatisfy(lines.contains) && lines.firstRange(of: code) != nil
            }
            #expect(isCompiled, "\(guide): \(block.joined(separator: " "))")
        }
    }

    @Test("Every link to a file leads to one", arguments: guides)
    func links(guide: String) throws {
        let file = Self.project.appending(path: guide)
        let text = try String(contentsOf: file, encoding: .utf8).replacing("\n", with: " ")
        for link in text.matches(of: #/\]\(([^)# ]+)/#).map({ String($0.1) }) where !link.hasPrefix("http") {
            let target = file.deletingLastPathComponent().appending(path: link).standardizedFileURL
            #expect(FileManager.default.fileExists(atPath: target.path()), "\(guide): \(link)")
        }
    }

    @Test("The guides show Swift at all")
    func someCode() throws {
        let text = try String(contentsOf: Self.project.appending(path: "Docs/Testing.md"), encoding: .utf8)
        #expect(Self.blocks(text).count > 2)
    }

    @Test("What the guide on tests shows does what it says")
    func testing() async throws {
        try await messageArrives()
        try await recipientIsRefused()
        try await overTLS()
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "guide").async { continuation.resume(with: Result(catching: lastReplyIsLost)) }
        }
    }

    /// README and the files in Docs.
    private static let guides: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: project.appending(path: "Docs").path())) ?? []
        return ["README.md"] + files.filter { $0.hasSuffix(".md") }.sorted().map { "Docs/\($0)" }
    }()

    /// The fenced blocks of Swift, each as its lines without indentation and empty ones.
    private static func blocks(_ text: String) -> [[String]] {
        var blocks: [[String]] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isInside = line == "```swift"
                if isInside { blocks.append([]) }
            } else if isInside {
                blocks[blocks.count - 1] += lines(String(line))
            }
        }
        return blocks
    }

    private static func sources() throws -> [[String]] {
        try ["Examples/Sources", "Examples/Tests", "Tests"].flatMap { folder in
            let root = project.appending(path: folder)
            let names = FileManager.default.enumerator(atPath: root.path())?.compactMap { $0 as? String } ?? []
            return try names.filter { $0.hasSuffix(".swift") }.map { name in
                lines(try String(contentsOf: root.appending(path: name), encoding: .utf8))
            }
        }
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
