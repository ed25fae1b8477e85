import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire
import ToolSupport

/// Looks at a server, and keeps what it learns on the way, whatever happens.
struct Probe {
    private let request: ProbeRequest
    private(set) var report: ProbeReport

    init(_ request: ProbeRequest) {
        self.request = request
        report = ProbeReport(endpoint: request.endpoint, security: request.security)
    }

    /// Connects, looks, and quits.
    mutating func run(_ transcript: TranscriptObserver?) async {
        var configuration = request.configuration
        configuration.channel.transcript = transcript
        do throws(SMTPError) {
            let connection = try await SMTPConnection.connect(to: request.endpoint, configuration: configuration)
            do throws(SMTPError) {
                try await look(through: connection)
            } catch {
                report.stop = ToolFailure(error)
            }
            learn(from: connection)
            await connection.quit()
        } catch {
            // A server that refuses service has greeted all the same.
            if error.verb == nil { report.greeting = error.reply }
            report.address = error.remoteAddress
            report.tls = error.tls
            report.stop = ToolFailure(error)
        }
    }

    private mutating func look(through connection: SMTPConnection) async throws(SMTPError) {
        learn(from: connection)
        if request.security == .tls {
            report.extensionsUnderTLS = try await connection.hello()
            await ask(connection.channel)
            return
        }
        let extensions = try await connection.hello()
        report.extensionsInClear = extensions
        guard request.security == .starttls else {
            await ask(connection.channel)
            return
        }
        guard extensions.contains(.startTLS) else {
            report.stop = ToolFailure(.notOffered, "the server does not offer STARTTLS", .unavailable)
            return
        }
        try await connection.startTLS(request.tls)
        report.extensionsUnderTLS = connection.channel.extensions
        await ask(connection.channel)
    }

    /// Asks by the low-level channel, which takes each reply for an answer.
    private mutating func ask(_ channel: CommandChannel) async {
        for question in request.questions {
            do throws(ChannelError) {
                let reply = try await channel.command(question.command)
                report.answers.append(ProbeAnswer(question: question, reply: reply))
            } catch {
                report.stop = ToolFailure(error, asking: question)
                return
            }
        }
    }

    private mutating func learn(from connection: SMTPConnection) {
        let state = connection.channel.state
        report.greeting = state.greeting
        report.address = state.remoteAddress
        report.tls = state.tls
    }
}
