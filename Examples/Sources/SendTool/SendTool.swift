import SMTPClient
import SMTPSession
import ToolOptions
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
            do throws(ToolFailure) {
                let patience = try Patience(options)
                return tell(await send(options, streams, patience), options, streams, patience)
            } catch {
                let outcome = SendOutcome(failure: error, addresses: options.to)
                return tell(.sent(outcome), options, streams, Patience(end: nil))
            }
        }
    }

    private static func tell(
        _ result: Result,
        _ options: SendOptions,
        _ streams: StandardStreams,
        _ patience: Patience
    ) -> ExitCode {
        streams.finishTelling(patience)
        defer { streams.finishTelling(patience) }
        switch result {
        case .sent(var outcome):
            outcome.isOverSocket = options.socket != nil
            Tool.tell(options.json ? [outcome.json] : outcome.lines, streams, as: SendOptions.self)
            if !options.json { outcome.complaint.forEach(streams.tell) }
            return outcome.exitCode
        case .planned(let plan):
            Tool.tell(options.json ? [plan.json] : plan.lines, streams, as: SendOptions.self)
            return .ok
        }
    }

    /// How a run ends that had a command line to go by.
    private enum Result {
        case sent(SendOutcome)
        case planned(PlanOutput)
    }

    private static func send(
        _ options: SendOptions,
        _ streams: StandardStreams,
        _ patience: Patience
    ) async -> Result {
        do throws(ToolFailure) {
            let request = try SendRequest(options, patience)
            let message = try Message(from: request.message, streams, patience)
            var configuration = request.configuration
            configuration.channel.deadline = patience.rest
            let bar = options.transcript ? nil : ProgressBar(for: message, on: streams.error)
            if options.transcript {
                configuration.channel.transcript = TranscriptObserver { streams.tell("\($0)") }
            }
            var content = message.content
            content.encoding = request.encoding
            let object = MailObject(
                content,
                envelope: request.envelope,
                policy: request.policy,
                progress: bar?.progress
            )
            let showing = bar.map { bar in Task { await bar.show() } }
            let result = await deliver(object, request, configuration, options)
            // A message that was never begun tells nothing of its end.
            if bar?.progress.current.total == nil { showing?.cancel() }
            await showing?.value
            // A spooled message must not go away before it is sent.
            return withExtendedLifetime(message) { result }
        } catch {
            return .sent(SendOutcome(failure: error, addresses: options.to))
        }
    }

    private static func deliver(
        _ message: MailObject,
        _ request: SendRequest,
        _ configuration: SMTPConfiguration,
        _ options: SendOptions
    ) async -> Result {
        do throws(SMTPError) {
            let connection = try await SMTPConnection.connect(to: request.endpoint, configuration: configuration)
            do throws(SMTPError) {
                if let client = request.proxied.session { try await connection.xclient(client) }
                if !request.proxied.message.isEmpty { try await connection.xforward(request.proxied.message) }
                let result = try await send(message, over: connection, options)
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
        _ message: MailObject,
        over connection: SMTPConnection,
        _ options: SendOptions
    ) async throws(SMTPError) -> Result {
        if options.plan {
            let plan = try await connection.plan(message.content, envelope: message.envelope, policy: message.policy)
            return .planned(PlanOutput(plan: plan, addresses: options.to))
        }
        let report = try await connection.send(message)
        return .sent(SendOutcome(report: report, addresses: options.to))
    }
}

extension Patience {
    /// Begins now, and goes on for as long as `--deadline` says.
    ///
    /// - Throws: ``ToolFailure`` for a deadline that is none.
    fileprivate init(_ options: SendOptions) throws(ToolFailure) {
        guard let seconds = options.deadline else {
            self.init(end: nil)
            return
        }
        self.init(end: .now.advanced(by: try ToolFailure.duration(of: "--deadline", seconds)))
    }
}
