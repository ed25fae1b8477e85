import SMTPClient
import SMTPSession
import ToolSupport

/// `smtp-send`, from the command line to the exit code.
public enum SendTool {
    /// Runs the tool as the whole of a process: on its streams, and until a signal ends it.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Returns: The exit code.
    public static func run(_ arguments: [String]) async -> Int32 {
        await Tool.run { await run(arguments, $0) }
    }

    /// Runs the tool on these streams; cancelling the task ends it in order.
    static func run(_ arguments: [String], _ streams: StandardStreams) async -> ExitCode {
        await Tool.run(arguments, streams) { failure in
            SendOutcome(failure: failure, addresses: []).json
        } _: { (options: SendOptions) in
            let outcome = await send(options, streams)
            Tool.tell(options.json ? [outcome.json] : outcome.lines, streams, as: SendOptions.self)
            if !options.json { outcome.complaint.forEach(streams.tell) }
            return outcome.exitCode
        }
    }

    private static func send(_ options: SendOptions, _ streams: StandardStreams) async -> SendOutcome {
        let start = ContinuousClock.now
        do throws(ToolFailure) {
            let request = try SendRequest(options)
            let end = options.deadline.map { start.advanced(by: .seconds($0)) }
            let message = try Message(from: request.message, streams, Patience(end: end))
            var configuration = request.configuration
            configuration.channel.deadline = end.map { ContinuousClock.now.duration(to: $0) }
            let bar = options.transcript ? nil : ProgressBar(for: message, on: streams.error)
            if options.transcript {
                configuration.channel.transcript = TranscriptObserver { streams.tell("\($0)") }
            } else if let bar {
                configuration.channel.transcript = TranscriptObserver { bar.take($0) }
            }
            let outcome = await deliver(message.content, request, configuration, options.to)
            bar?.finish()
            // A spooled message must not go away before it is sent.
            return withExtendedLifetime(message) { outcome }
        } catch {
            return SendOutcome(failure: error, addresses: options.to)
        }
    }

    private static func deliver(
        _ content: Content,
        _ request: SendRequest,
        _ configuration: SMTPConfiguration,
        _ addresses: [String]
    ) async -> SendOutcome {
        do throws(SMTPError) {
            let connection = try await SMTPConnection.connect(to: request.endpoint, configuration: configuration)
            do throws(SMTPError) {
                let report = try await connection.send(content, envelope: request.envelope, policy: request.policy)
                await connection.quit()
                return SendOutcome(report: report, addresses: addresses)
            } catch {
                await connection.quit()
                throw error
            }
        } catch {
            return SendOutcome(error: error, addresses: addresses)
        }
    }
}
