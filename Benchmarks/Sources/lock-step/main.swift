// Sends a file's content a number of times over one connection, waiting for each reply.
//
// lock-step PORT FILE MESSAGES send|send-on-loop|commands|noop
//
// send: as a program would that awaits each message. send-on-loop: the same inside `runOnEventLoop`. commands: the
// channel's commands one by one, inside `runOnEventLoop`. noop: a command that does nothing, likewise.
import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Any surprise ends the program: a benchmark that goes on is worth nothing.
struct Failure: Error {
    let reason: String
}

func contents(of path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw Failure(reason: "cannot open \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&piece, 1, piece.count, file)
        if count == 0 { return bytes }
        bytes += piece[..<count]
    }
}

func expect(_ reply: SMTPReply, _ code: Int) throws {
    guard reply.code.rawValue == code else { throw Failure(reason: reply.description) }
}

let arguments = CommandLine.arguments
guard arguments.count >= 5, let port = Int(arguments[1]), let messages = Int(arguments[3]) else {
    throw Failure(reason: "usage: lock-step PORT FILE MESSAGES send|send-on-loop|commands|noop")
}
let path = arguments[2]
let mode = arguments[4]
var configuration = SMTPConfiguration(security: .insecurePlain)
configuration.isPipeliningAllowed = false
let envelope = try Envelope(from: "sender@bench.example", to: ["rcpt0@bench.example"])
let connection = try await SMTPConnection.connect(to: .host("127.0.0.1", port: port), configuration: configuration)
try await connection.hello()
switch mode {
case "send":
    let content = Content.bytes(try contents(of: path))
    for _ in 0..<messages { try await connection.send(content, envelope: envelope) }
case "send-on-loop":
    let content = Content.bytes(try contents(of: path))
    try await connection.channel.runOnEventLoop { _ in
        for _ in 0..<messages { try await connection.send(content, envelope: envelope) }
    }
case "commands":
    let bytes = try contents(of: path)
    try await connection.channel.runOnEventLoop { channel in
        for _ in 0..<messages {
            try expect(try await channel.mail(from: envelope.reversePath), 250)
            try expect(try await channel.recipient(to: envelope.forwardPaths[0]), 250)
            try expect(try await channel.data(), 354)
            try expect(try await channel.sendMessage(bytes)[0], 250)
        }
    }
case "noop":
    try await connection.channel.runOnEventLoop { channel in
        for _ in 0..<messages { try expect(try await channel.noop(), 250) }
    }
default:
    throw Failure(reason: "no mode is called \(mode)")
}
await connection.quit()
