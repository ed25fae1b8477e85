import Foundation
import SMTPTesting
import Testing
import ToolSupport
import ToolTesting

@testable import SendTool

/// One run of the tool, in this process, and all that came of it.
struct SendToolRun {
    static let message = "Subject: x\n\nhello\n"

    let exitCode: Int32
    let output: String
    let errors: String

    /// Runs the tool with `input` as standard input: a message by default.
    init(_ arguments: [String], input: some Sequence<UInt8> = Self.message.utf8) async throws {
        let file = try ScratchFile()
        try file.descriptor.write(Array(input))
        file.rewind()
        try await self.init(arguments, inputDescriptor: file.descriptor)
    }

    init(_ arguments: [String], inputDescriptor: Descriptor) async throws {
        let (output, errors) = (try ScratchFile(), try ScratchFile())
        let streams = StandardStreams(
            input: inputDescriptor,
            output: output.descriptor,
            error: errors.descriptor
        )
        exitCode = await SendTool.run(arguments, streams).rawValue
        self.output = try output.text()
        self.errors = try errors.text()
    }

    /// Runs the tool against a server of ours, from `a@example.org` to `recipients`.
    init(
        _ options: [String] = [],
        to recipients: [String] = ["b@example.org"],
        at sink: MailSink,
        input: some Sequence<UInt8> = Self.message.utf8
    ) async throws {
        var arguments = ["--security", "plain", "--host", "127.0.0.1", "--port", "\(sink.port)", "--timeout", "30"]
        if !options.contains("--from") { arguments += ["--from", "a@example.org"] }
        for recipient in recipients { arguments += ["--to", recipient] }
        try await self.init(arguments + options, input: input)
    }

    /// The outcome as JSON, checked for its form: one line, every key, and nothing else on standard output.
    func outcome(sourceLocation: SourceLocation = #_sourceLocation) throws -> Outcome {
        #expect(output.hasPrefix("{\"ok\":"), sourceLocation: sourceLocation)
        #expect(output.last == "\n" && output.count { $0 == "\n" } == 1, sourceLocation: sourceLocation)
        #expect(output.unicodeScalars.allSatisfy { $0.isASCII }, sourceLocation: sourceLocation)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["ok", "outcome", "error", "recipients"], sourceLocation: sourceLocation)
        if let error = object["error"] as? [String: Any] {
            #expect(
                Set(error.keys) == ["kind", "code", "enhanced", "command", "message"],
                sourceLocation: sourceLocation
            )
        }
        for recipient in try #require(object["recipients"] as? [[String: Any]]) {
            let keys: Set = ["address", "outcome", "command", "code", "enhanced", "message"]
            #expect(Set(recipient.keys) == keys, sourceLocation: sourceLocation)
        }
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(output.utf8))
        #expect((outcome.error == nil) == outcome.ok, sourceLocation: sourceLocation)
        #expect(outcome.ok == (exitCode == 0), sourceLocation: sourceLocation)
        return outcome
    }
}

/// The JSON, as a program reads it.
struct Outcome: Decodable {
    struct Failure: Decodable {
        let kind: String
        let code: Int?
        let enhanced: String?
        let command: String?
        let message: String
    }

    struct Recipient: Decodable {
        let address: String
        let outcome: String
        let command: String?
        let code: Int?
        let enhanced: String?
        let message: String?
    }

    let ok: Bool
    let outcome: String
    let error: Failure?
    let recipients: [Recipient]
}
