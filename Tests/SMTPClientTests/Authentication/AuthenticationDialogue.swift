import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Synchronization
import TestSupport
import Testing

@testable import SMTPClient

/// What must never be seen: the password and the token of all dialogues here.
let canary = "cAnary-9§hunter2"

/// What became of a dialogue.
struct AuthenticationResult: Sendable {
    var mechanism: AuthenticationMechanism?
    var error: SMTPError?
    /// What the server read, without EHLO and QUIT around it.
    var lines: [String]
    var transcript: [String]
    var isOpen: Bool
    var extensions: ServiceExtensions
}

/// A connection that claims to be as secure as the test needs it.
private final class ClaimingTransport: Transport {
    let executor: any TransportExecutor
    let security: TransportSecurity
    private let pipe: PipeTransport

    init(_ pipe: PipeTransport, _ security: TransportSecurity) {
        self.pipe = pipe
        self.executor = pipe.executor
        self.security = security
    }

    func read(into buffer: ReceiveBuffer) async throws(TransportError) -> Bool { try await pipe.read(into: buffer) }
    func write(_ bytes: RawSpan) async throws(TransportError) { try await pipe.write(bytes) }
    func shutdownWrite() async throws(TransportError) { try await pipe.shutdownWrite() }
    func close(_ reason: TransportError) { pipe.close(reason) }
}

/// How a dialogue is set up.
struct AuthenticationSetting: Sendable {
    var offered: String
    var security = TransportSecurity(isEncrypted: true, isVerified: true)
    var fragmentation = PipeOptions.Fragmentation.whole
    var options = AuthenticationOptions()
    var bindings = ChannelBindings.none

    init(_ offered: String) {
        self.offered = offered
    }
}

/// Connects, says hello, and runs `body` against a server that behaves as `server` says after its EHLO reply.
///
/// Whatever is told of it, transcript and errors, is searched for the canary.
@discardableResult
func authentication<Value: Sendable>(
    _ setting: AuthenticationSetting,
    server: @escaping @Sendable (Peer) async throws -> Void,
    body: @escaping @Sendable (SMTPConnection) async throws -> Value
) throws -> (value: Value, lines: [String], transcript: [String]) {
    let transcript = Collected()
    let (value, received) = try dialogue(
        setting.fragmentation,
        server: { peer in
            try await peer.say("220 ready")
            try await peer.answer("250-server.example\n250 \(setting.offered)")
            try await server(peer)
            try await peer.serve(["AFTER"])
        },
        client: { pipe in
            var configuration = SMTPConfiguration(security: .insecurePlain)
            configuration.helloName = try HelloName("me.example")
            configuration.channel.transcript = TranscriptObserver { event in
                transcript.add(event.description)
            }
            let transport = ClaimingTransport(pipe, setting.security)
            let connection = try await SMTPConnection.open(over: transport, configuration: configuration)
            try await connection.hello()
            let value = try await body(connection)
            await connection.quit()
            return value
        }
    )
    expectNoCanary(in: transcript.all)
    let lines = received.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    return (value, lines.dropFirst().filter { $0 != "QUIT" }.dropLast(), transcript.all)
}

/// Authenticates, and says hello again is left out of the lines.
func authenticate(
    _ credentials: Credentials,
    _ setting: AuthenticationSetting,
    server: @escaping @Sendable (Peer) async throws -> Void
) throws -> AuthenticationResult {
    let (result, lines, transcript) = try authentication(setting, server: server) { connection in
        var result = AuthenticationResult(lines: [], transcript: [], isOpen: false, extensions: ServiceExtensions())
        do throws(SMTPError) {
            result.mechanism = try await connection.authenticate(
                credentials,
                options: setting.options,
                channelBindings: setting.bindings
            )
        } catch {
            result.error = error
        }
        result.isOpen = connection.channel.state.isOpen
        result.extensions = connection.channel.extensions
        return result
    }
    if let error = result.error { expectNoCanary(in: texts(of: error)) }
    var complete = result
    complete.lines = lines
    complete.transcript = transcript
    return complete
}

/// What `body` throws.
func errorOf<Value>(_ body: () async throws(SMTPError) -> Value) async -> SMTPError? {
    do throws(SMTPError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

/// All the ways in which `value` is printed.
func texts(of value: Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    // Octets are dumped one on each line.
    let elements = dumped.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "-" } }
    return ["\(value)", String(reflecting: value), dumped, elements.joined(separator: ", ")]
}

/// Searches for the canary as it is, in hexadecimal, as numbers, and in base64 at every alignment.
func expectNoCanary(in texts: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    for text in texts {
        let found = canaryForms.first { text.contains($0) }
        #expect(found == nil, "\(text)", sourceLocation: sourceLocation)
    }
}

/// Those of the canary and of its last part, which is in everything made of it, the token too.
let canaryForms: [String] = forms(of: canary) + forms(of: "hunter2")

/// The ways in which a secret could be shown.
func forms(of secret: String) -> [String] {
    let octets = Array(secret.utf8)
    var forms = [secret, octets.map { String($0) }.joined(separator: ", ")]
    forms.append(octets.map { String($0, radix: 16) }.joined())
    for shift in 0..<3 {
        let encoded = String(decoding: Base64.encode(Array(repeating: 0, count: shift) + octets), as: UTF8.self)
        // Without what depends on the neighbours.
        let start = (shift * 8 + 5) / 6
        let count = ((shift + octets.count) * 8) / 6 - start
        forms.append(String(encoded.dropFirst(start).prefix(count)))
    }
    return forms
}

final class Collected: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
    }
}

func base64(_ text: String) -> String { String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self) }

func decoded(_ line: String) -> String { String(decoding: Base64.decode(line.utf8) ?? [], as: UTF8.self) }

extension Peer {
    /// Answers each line that comes with the next of `replies`.
    func answers(_ replies: [String]) async throws {
        for reply in replies { try await answer(reply) }
    }

    /// Waits for AUTH and returns its initial response, decoded.
    func initialResponse() async throws -> String {
        decoded(try await line()?.split(separator: " ").last.map(String.init) ?? "")
    }

    /// Plays the server's side of one SCRAM exchange.
    func serve(_ server: SCRAMServer, success: String = "235 2.7.0 welcome") async throws {
        var server = server
        guard let command = try await line() else { return }
        let words = command.split(separator: " ")
        var message = words.count > 2 ? Base64.decode(words[2].utf8) : []
        while let octets = message {
            switch server.receive(octets) {
            case .challenge(let challenge):
                try await say("334 \(String(decoding: Base64.encode(challenge), as: UTF8.self))")
            case .accepted:
                try await say(success)
                return
            case .refused:
                try await say("535 5.7.8 no")
                return
            @unknown default:
                return
            }
            message = try await line().flatMap { Base64.decode($0.utf8) }
        }
        try await say("501 5.7.0 cancelled")
    }
}
