package import SMTPWire

/// A command, or several of one verb that are sent one behind the other, with their octets: encoded once for all the
/// times they are sent.
package final class EncodedCommands: Sendable {
    let commands: [SMTPCommand]
    let octets: [UInt8]

    /// The offset in ``octets`` behind each command.
    let ends: [Int]
    let subject: Expectation.Subject
    let verb: String

    /// Encodes commands, of which there is at least one.
    package init(_ commands: [SMTPCommand]) {
        var octets: [UInt8] = []
        var ends: [Int] = []
        for command in commands {
            command.append(to: &octets)
            ends.append(octets.count)
        }
        self.commands = commands
        self.octets = octets
        self.ends = ends
        subject = Expectation.Subject(commands[0])
        verb = commands[0].verb
    }

    /// DATA.
    package static let data = EncodedCommands([.data])

    /// RSET.
    package static let reset = EncodedCommands([.reset])

    /// The number of commands.
    package var count: Int { ends.count }

    /// The octets of some of the commands.
    func octets(of range: Range<Int>) -> ArraySlice<UInt8> {
        octets[offset(of: range.lowerBound)..<offset(of: range.upperBound)]
    }

    /// Where the command of this place begins.
    func offset(of place: Int) -> Int { place == 0 ? 0 : ends[place - 1] }
}
