import ArgumentParser
import SMTPWire

/// A question put to whoever sits at the terminal, until there is an answer that makes sense.
struct Question {
    let text: String
    let standard: String?

    init(_ text: String, default standard: String? = nil) {
        self.text = text
        self.standard = standard
    }

    /// Asks until `parse` returns something.
    ///
    /// - Throws: `ExitCode` at the end of the input.
    func ask<Value>(_ parse: (String) -> Value?) throws -> Value {
        while true {
            if let value = parse(try answer()) { return value }
            print("This cannot be. Once more, please.")
        }
    }

    /// Asks until `parse` does not throw; says why where it does.
    ///
    /// - Throws: `ExitCode` at the end of the input.
    func ask<Value>(_ parse: (String) throws(WireError) -> Value) throws -> Value {
        while true {
            let answer = try answer()
            do throws(WireError) {
                return try parse(answer)
            } catch {
                print("This cannot be: \(error).")
            }
        }
    }

    /// The lines up to one with a dot alone, or to the end of the input.
    static func lines(_ text: String) throws -> [String] {
        print(text)
        var lines: [String] = []
        while let line = readLine(), line != "." { lines.append(line) }
        return lines
    }

    private func answer() throws -> String {
        print(text + (standard.map { " [\($0)]" } ?? "") + ": ", terminator: "")
        guard let line = readLine() else {
            print()
            throw ExitCode.failure
        }
        return line.isEmpty ? standard ?? "" : line
    }
}
