import ArgumentParser
import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire
import ToolSupport

/// Asks for all it needs, sends, and shows the dialogue with the server.
@main
struct Interactive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interactive",
        abstract: "Asks for a server, a login, addresses and a text, sends the mail, and shows the dialogue.",
        discussion: """
            An answer in square brackets is taken if you just press return. Where reports go may stay empty, and so may \
            the user, where no login is wanted. What is typed as a password is not shown, neither here nor in the dialogue.
            """
    )

    func run() async throws {
        throw ArgumentParser.ExitCode(await Self.run(Interview(.process)).rawValue)
    }

    /// Asks, sends, and says what became of it.
    static func run(_ interview: Interview) async -> ToolSupport.ExitCode {
        do throws(ToolFailure) {
            let server = try Server(interview)
            let letter = try Letter(interview)
            interview.say("")
            let result = await send(letter, to: server) { interview.say($0) }
            interview.say("")
            return tell(result, interview)
        } catch {
            interview.say("")
            interview.say("Not sent: \(error.message)")
            return error.exitCode
        }
    }

    private static func send(
        _ letter: Letter,
        to server: Server,
        _ show: @escaping @Sendable (String) -> Void
    ) async -> Result<DeliveryReport, SMTPError> {
        var configuration = SMTPConfiguration(security: server.security)
        configuration.credentials = server.credentials
        configuration.channel.transcript = TranscriptObserver { show("\($0)") }
        do throws(SMTPError) {
            let connection = try await SMTPConnection.connect(to: server.endpoint, configuration: configuration)
            let result: Result<DeliveryReport, SMTPError>
            do throws(SMTPError) {
                result = .success(try await connection.send(letter.content, envelope: letter.envelope))
            } catch {
                result = .failure(error)
            }
            await connection.quit()
            return result
        } catch {
            return .failure(error)
        }
    }

    /// Says what became of the mail, and for each recipient.
    private static func tell(
        _ result: Result<DeliveryReport, SMTPError>,
        _ interview: Interview
    ) -> ToolSupport.ExitCode {
        switch result {
        case .success(let report):
            tell(report, interview)
            if report.isAcceptedForAll { return .ok }
            return report.isUncertain ? .temporaryFailure : .unavailable
        case .failure(let error):
            let isUncertain = error.report?.isUncertain ?? false
            let verdict = isUncertain ? "It is not known whether it was sent" : "Not sent"
            interview.say("\(verdict): \(error.message)")
            if let report = error.report { tell(report, interview) }
            interview.say("What may help: \(error.suggestion)")
            return isUncertain ? .temporaryFailure : ToolFailure(error).exitCode
        }
    }

    private static func tell(_ report: DeliveryReport, _ interview: Interview) {
        for recipient in report.recipients {
            interview.say("\(recipient.forwardPath): \(words(for: recipient.outcome))")
        }
    }

    private static func words(for outcome: DeliveryReport.Outcome) -> String {
        switch outcome {
        case .accepted: "the server has taken it"
        case .rejected(let answer): "refused: \(answer.reply)"
        case .notAttempted: "not attempted"
        case .unknown: "unknown: look for it before you send it again"
        @unknown default: "unknown to this program"
        }
    }
}
