import Testing

/// `Docs/Extensions.md` names a test for all it says; here it is checked that there is one.
@Suite("The table of extensions")
struct ExtensionTableTests {
    @Test("Each test that it names exists")
    func tests() throws {
        let tests = try TestNames.existing()
        let named = TestNames.named(in: try TestNames.text("Docs/Extensions.md"))
        #expect(named.count > 50)
        for name in named where !tests.contains(name) {
            Issue.record("there is no test \(name)")
        }
    }

    @Test("Each keyword that the library knows is in it")
    func keywords() throws {
        let table = try TestNames.text("Docs/Extensions.md")
        let source = try TestNames.text("Sources/SMTPWire/Replies/ServiceExtensions+Keywords.swift")
        let keywords = source.matches(of: /Self\("([\w-]+)"\)/).map { String($0.1) }
        #expect(keywords.count > 20)
        for keyword in keywords where !table.contains(keyword) {
            Issue.record("\(keyword) is not in Docs/Extensions.md")
        }
    }
}
