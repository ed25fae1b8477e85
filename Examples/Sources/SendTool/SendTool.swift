import ArgumentParser
import Dispatch
import SMTPClient
import SMTPSession
import SMTPTransport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// `smtp-send`, from the command line to the exit code.
public enum SendTool {
    /// Runs the tool.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Returns: The exit code.
    public static func run(_ arguments: [String]) async -> Int32 {
        let options: SendOptions
        do {
            options = try SendOptions.parse(arguments)
        } catch {
            return complain(of: error, arguments)
        }
        let outcome = await send(options)
        print(outcome, isJSON: options.json)
        return outcome.exitCode.rawValue
    }

    /// A wrong command line, or a call for help.
    private static func complain(of error: any Error, _ arguments: [String]) -> Int32 {
        let message = SendOptions.fullMessage(for: error)
        guard SendOptions.exitCode(for: error) != .success else {
            StandardStream.output.writeLine(message)
            return ExitCode.ok.rawValue
        }
        let isJSON = arguments.prefix { $0 != "--" }.contains("--json")
        if isJSON {
            let reason = SendOptions.message(for: error)
            print(SendOutcome(failure: .usage(reason), addresses: []), isJSON: true)
        } else {
            StandardStream.error.writeLine(message)
        }
        return ExitCode.usage.rawValue
    }

    static func print(_ outcome: SendOutcome, isJSON: Bool) {
        if isJSON {
            StandardStream.output.writeLine(outcome.json)
        } else {
            let isTried = outcome.recipients.contains { $0.state != .notAttempted }
            if isTried || outcome.failure == nil { outcome.lines.forEach(StandardStream.output.writeLine) }
            outcome.complaint.forEach(StandardStream.error.writeLine)
        }
    }

    private static func send(_ options: SendOptions) async -> SendOutcome {
        let clock = ContinuousClock()
        let end = options.deadline.flatMap { $0 > 0 && $0 < 1e9 ? clock.now.advanced(by: .seconds($0)) : nil }
        let request: SendRequest
        let content: Content
        do throws(SendFailure) {
            request = try SendRequest(options)
            let (read, size) = try MessageInput.content(of: request.message) { end.map { clock.now >= $0 } ?? false }
            content = Progress.watching(read, of: request.message, size: size)
        } catch {
            return SendOutcome(failure: error, addresses: options.to)
        }
        var configuration = request.configuration
        configuration.channel.deadline = end.map { clock.now.duration(to: $0) }
        if options.transcript {
            configuration.channel.transcript = TranscriptObserver { StandardStream.error.writeLine("\($0)") }
        }
        let envelope = request.envelope
        let sending = Task { [configuration] in
            await deliver(content, envelope, request, configuration, options.to)
        }
        let signals = Signals { sending.cancel() }
        defer { signals.stop() }
        return await sending.value
    }

    private static func deliver(
        _ content: Content,
        _ envelope: Envelope,
        _ request: SendRequest,
        _ configuration: SMTPConfiguration,
        _ addresses: [String]
    ) async -> SendOutcome {
        do throws(SMTPError) {
            let connection = try await SMTPConnection.connect(to: request.endpoint, configuration: configuration)
            do throws(SMTPError) {
                let report = try await connection.send(content, envelope: envelope, policy: request.policy)
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

/// Interrupt and termination, which end the run in order: the outcome is still told.
private final class Signals {
    private let sources: [any DispatchSourceSignal]

    init(_ handler: @escaping @Sendable () -> Void) {
        signal(SIGPIPE, SIG_IGN)
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler(handler: handler)
            source.resume()
            return source
        }
    }

    func stop() {
        for source in sources { source.cancel() }
    }
}
