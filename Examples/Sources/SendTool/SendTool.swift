import ArgumentParser
import SMTPClient
import SMTPSession

/// `smtp-send`, from the command line to the exit code.
public enum SendTool {
    /// Runs the tool as the whole of a process: on its streams, and until a signal ends it.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Returns: The exit code.
    public static func run(_ arguments: [String]) async -> Int32 {
        StandardStreams.reserveNumbers()
        let cancellation = Cancellation()
        let signals = await Signals { cancellation.cancel() }
        defer { signals.stop() }
        return await cancellation.run { await run(arguments, .process) }
    }

    /// Runs the tool on these streams; cancelling the task ends it in order.
    static func run(_ arguments: [String], _ streams: StandardStreams) async -> Int32 {
        let options: SendOptions
        do {
            options = try SendOptions.parse(arguments)
        } catch {
            return complain(of: error, arguments, streams)
        }
        let outcome = await send(options, streams)
        tell(outcome, isJSON: options.json, streams)
        return outcome.exitCode.rawValue
    }

    /// A wrong command line, or a call for help.
    private static func complain(of error: any Error, _ arguments: [String], _ streams: StandardStreams) -> Int32 {
        if SendOptions.exitCode(for: error) == .success {
            streams.writeLines(SendOptions.fullMessage(for: error), to: streams.output)
            return ExitCode.ok.rawValue
        }
        // The command line could not be read, so this is all that can be known of it.
        if arguments.prefix(while: { $0 != "--" }).contains("--json") {
            let outcome = SendOutcome(failure: .usage(SendOptions.message(for: error)), addresses: [])
            tell(outcome, isJSON: true, streams)
        } else {
            streams.writeLines(SendOptions.fullMessage(for: error), to: streams.error)
        }
        return ExitCode.usage.rawValue
    }

    private static func tell(_ outcome: SendOutcome, isJSON: Bool, _ streams: StandardStreams) {
        do throws(Descriptor.Failure) {
            for line in isJSON ? [outcome.json] : outcome.lines { try streams.writeResult(line) }
        } catch {
            streams.tell("smtp-send: cannot write the outcome to standard output: \(error)")
        }
        if !isJSON { outcome.complaint.forEach(streams.tell) }
    }

    private static func send(_ options: SendOptions, _ streams: StandardStreams) async -> SendOutcome {
        let start = ContinuousClock.now
        do throws(SendFailure) {
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
