package import ArgumentParser
package import ToolSupport

extension Tool {
    /// Reads the command line and runs `body` with it; answers one that is wrong, and a call for help.
    ///
    /// - Parameters:
    ///   - arguments: The command line without the program's name.
    ///   - streams: Where the tool reads and writes.
    ///   - outcome: Makes the tool's JSON of a failure.
    ///   - body: Runs the tool.
    /// - Returns: The exit code.
    package static func run<Options: ParsableCommand>(
        _ arguments: [String],
        _ streams: StandardStreams,
        outcome: (ToolFailure) -> String,
        _ body: (Options) async -> ToolSupport.ExitCode
    ) async -> ToolSupport.ExitCode {
        defer { streams.finishTelling() }
        let options: Options
        do {
            options = try Options.parse(arguments)
        } catch {
            return complain(of: error, arguments, streams, as: Options.self, outcome: outcome)
        }
        return await body(options)
    }

    private static func complain<Options: ParsableCommand>(
        of error: any Error,
        _ arguments: [String],
        _ streams: StandardStreams,
        as options: Options.Type,
        outcome: (ToolFailure) -> String
    ) -> ToolSupport.ExitCode {
        if Options.exitCode(for: error) == .success {
            streams.writeLines(Options.fullMessage(for: error), to: streams.output)
            return .ok
        }
        // The command line could not be read, so this is all that can be known of it.
        if arguments.prefix(while: { $0 != "--" }).contains("--json") {
            tell([outcome(.usage(Options.message(for: error)))], streams, as: options)
        } else {
            streams.writeLines(Options.fullMessage(for: error), to: streams.error)
        }
        return .usage
    }

    /// Writes the lines of an outcome to standard output.
    package static func tell<Options: ParsableCommand>(
        _ lines: [String],
        _ streams: StandardStreams,
        as options: Options.Type
    ) {
        do throws(Descriptor.Failure) {
            for line in lines { try streams.writeResult(line) }
        } catch {
            let name = Options.configuration.commandName ?? "tool"
            streams.tell("\(name): cannot write the outcome to standard output: \(error)")
        }
    }
}
