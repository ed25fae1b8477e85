import SMTPClient
import ToolSupport

/// `smtp-load`, from the command line to the exit code.
public enum LoadTool {
    /// Runs the tool as the whole of a process: on its streams, and until a signal ends it.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Returns: The exit code.
    public static func run(_ arguments: [String]) async -> Int32 {
        await Tool.run { await run(arguments, $0) }
    }

    /// Runs the tool on these streams; cancelling the task ends it in order.
    static func run(_ arguments: [String], _ streams: StandardStreams) async -> ExitCode {
        defer { streams.finishTelling() }
        do throws(ToolFailure) {
            let options = try LoadOptions(arguments)
            if options.wantsHelp || options.wantsVersion {
                streams.writeLines(options.wantsHelp ? LoadOptions.help : LoadOptions.version, to: streams.output)
                return .ok
            }
            return await run(try LoadRequest(options), streams)
        } catch {
            streams.tell("smtp-load: \(error.message); --help tells more")
            return .failed
        }
    }

    private static func run(_ request: LoadRequest, _ streams: StandardStreams) async -> ExitCode {
        let ledger = LoadLedger(messages: request.messages)
        let line = LiveLine(streams, total: request.messages)
        var request = request
        if line != nil { request.configuration.observers.append(LatencyObserver(ledger: ledger)) }
        let start = ContinuousClock.now
        let live = Task { await line?.show(ledger) }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(request.connections, request.messages) {
                group.addTask { [request] in await LoadWorker(request: request, ledger: ledger).run() }
            }
        }
        let duration = ContinuousClock.now - start
        live.cancel()
        await live.value
        let summary = ledger.summary
        line?.finish(summary, after: duration)
        for (problem, count) in summary.problems.sorted(by: { $0.key < $1.key }) {
            streams.tell("smtp-load: \(problem)\(count == 1 ? "" : " (\(count) times)")")
        }
        if Task.isCancelled, summary.accepted < request.messages {
            streams.tell("smtp-load: interrupted; \(summary.accepted) of \(request.messages) messages were accepted")
        }
        streams.finishTelling()
        if summary.isConnected { tell(json(summary, duration), streams) }
        if summary.isNotOffered, summary.accepted + summary.failed == 0 { return .notOffered }
        return summary.accepted == request.messages ? .ok : .failed
    }

    private static func tell(_ outcome: String, _ streams: StandardStreams) {
        do throws(Descriptor.Failure) {
            try streams.writeResult(outcome)
        } catch {
            streams.tell("smtp-load: cannot write the outcome to standard output: \(error)")
        }
    }

    private static func json(_ summary: LoadLedger.Summary, _ duration: Duration) -> String {
        let microseconds = Int64(duration / .microseconds(1))
        let fraction = String(1_000_000 + microseconds % 1_000_000).dropFirst()
        return JSON.object([
            ("messages", JSON.number(summary.accepted)), ("seconds", "\(microseconds / 1_000_000).\(fraction)"),
        ])
    }
}
