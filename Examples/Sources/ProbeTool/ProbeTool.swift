import SMTPSession
import SMTPTransport
import ToolOptions
import ToolSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// `smtp-probe`, from the command line to the exit code.
public enum ProbeTool {
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
            ProbeReport(stop: failure).json()
        } _: { (options: ProbeOptions) in
            let report = await probe(options, streams)
            let now = TLSCertificateTime(secondsSince1970: Int64(time(nil)))
            let lines =
                options.json ? [report.json(withPEM: options.pem)] : report.lines(withPEM: options.pem, at: now)
            streams.finishTelling()
            Tool.tell(lines, streams, as: ProbeOptions.self)
            if !options.json { report.complaint.forEach(streams.tell) }
            return report.exitCode
        }
    }

    private static func probe(_ options: ProbeOptions, _ streams: StandardStreams) async -> ProbeReport {
        do throws(ToolFailure) {
            var probe = Probe(try ProbeRequest(options))
            await probe.run(options.transcript ? TranscriptObserver { streams.tell("\($0)") } : nil)
            return probe.report
        } catch {
            return ProbeReport(stop: error)
        }
    }
}
