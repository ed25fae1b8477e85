import Testing

/// `Docs/ForeignCases.md` says of each case of other clients' tests which test of ours shows what is done here.
@Suite("The table of other clients' cases")
struct ForeignCaseTableTests {
    @Test("Each case names a test, and each test that is named exists")
    func tests() throws {
        let tests = try TestNames.existing()
        var cases = 0
        for line in try TestNames.text("Docs/ForeignCases.md").split(separator: "\n") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            // Rows of four columns, without the heads.
            guard cells.count == 6, !cells[4].hasPrefix("---"), cells[4] != " test " else { continue }
            cases += 1
            let named = TestNames.named(in: cells[4])
            if named.isEmpty { Issue.record("no test: \(cells[1])") }
            for name in named where !tests.contains(name) {
                Issue.record("there is no test \(name)")
            }
        }
        #expect(cases > 100)
    }
}
