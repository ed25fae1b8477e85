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
        switch await send(options, streams) {
        case .sent(let outcome):
            tell(outcome, isJSON: options.json, streams)
            return outcome.exitCode.rawValue
        case .planned(let plan):
            write(options.json ? [plan.json] : plan.lines, streams)
            return ExitCode.ok.rawValue
        }
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
        write(isJSON ? [outcome.json] : outcome.lines, streams)
        if !isJSON { outcome.complaint.forEach(streams.tell) }
    }

    private static func write(_ lines: [String], _ streams: StandardStreams) {
        do throws(Descriptor.Failure) {
            for line in lines { try streams.writeResult(line) }
        } catch {
            streams.tell("smtp-send: cannot write the outcome to standard output: \(error)")
        }
    }

    /// How a run ends that had a command line to go by.
    private enum Result {
        case sent(SendOutcome)
        case planned(PlanOutput)
    }

    private static func send(_ options: SendOptions, _ streams: StandardStreams) async -> Result {
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
            var content = message.content
            content.encoding = request.encoding
            let result = await deliver(content, request, configuration, options)
            bar?.finish()
            // A spooled message must not go away before it is sent.
            return withExtendedLifetime(message) { result }
        } catch {
            return .sent(SendOutcome(failure: error, addresses: options.to))
        }
    }

    private static func deliver(
        _ content: Content,
        _ request: SendRequest,
        _ configuration: SMTPConfiguration,
        _ options: SendOptions
    ) async -> Result {
        do throws(SMTPError) {
            let connection = try await SMTPConnection.connect(to: request.endpoint, configuration: configuration)
            do throws(SMTPError) {
                let result = try await send(content, request, over: connection, options)
                await connection.quit()
                return result
            } catch {
                await connection.quit()
                throw error
            }
        } catch {
            return .sent(SendOutcome(error: error, addresses: options.to))
        }
    }

    private static func send(
        _ content: Content,
        _ request: SendRequest,
        over connection: SMTPConnection,
        _ options: SendOptions
    ) async throws(SMTPError) -> Result {
        if options.plan {
            let plan = try await connection.plan(content, envelope: request.envelope, policy: request.policy)
            return .planned(PlanOutput(plan: plan, addresses: options.to))
        }
        let report = try await connection.send(content, envelope: request.envelope, policy: request.policy)
        return .sent(SendOutcome(report: report, addresses: options.to))
    }
}
