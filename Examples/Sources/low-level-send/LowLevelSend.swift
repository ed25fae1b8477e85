import ArgumentParser
import SMTPSession
import SMTPTransport
import SMTPWire

/// A mail sent command by command.
///
/// The channel pairs replies with commands and judges none: that is done here.
@main
struct LowLevelSend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "low-level-send",
        abstract: "Sends a short mail command by command, over a connection in clear."
    )

    @Argument(help: "The server's name or address.")
    var host: String

    @Argument(help: "Its port.")
    var port: Int

    @Argument(help: "The sender's address.")
    var from: String

    @Argument(help: "The recipients' addresses.")
    var to: [String]

    func run() async throws {
        // Before anything is opened: an address that cannot be one throws, and says which octet is wrong.
        let reversePath = try ReversePath(from)
        let forwardPaths = try to.map { try ForwardPath($0) }

        let (channel, greeting) = try await CommandChannel.connect(to: .host(host, port: port))
        do {
            try require(greeting, greeting.code == 220, "the greeting")
            try await hello(channel)
            try await transaction(channel, reversePath, forwardPaths)
        } catch {
            await quit(channel)
            throw error
        }
        await quit(channel)
    }

    /// What became of the message is settled by now, so nothing hangs on the reply.
    private func quit(_ channel: CommandChannel) async {
        if let reply = try? await channel.quit() { print("QUIT: \(reply)") }
        await channel.disconnect()
    }

    /// EHLO, or HELO for a server that does not know EHLO; any other refusal is final (RFC 5321 §3.2).
    private func hello(_ channel: CommandChannel) async throws {
        let name = channel.state.localAddress.flatMap { HelloName(address: $0) } ?? .localhost
        let reply = try await channel.ehlo(name)
        if [500, 501, 502, 504, 550].contains(reply.code.rawValue) {
            let reply = try await channel.helo(name)
            try require(reply, reply.isPositiveCompletion, "HELO")
        } else {
            try require(reply, reply.isPositiveCompletion, "EHLO")
        }
    }

    private func transaction(
        _ channel: CommandChannel,
        _ reversePath: ReversePath,
        _ forwardPaths: [ForwardPath]
    ) async throws {
        var parameters: [MailParameter] = []
        if ([from] + to).contains(where: { $0.utf8.contains { $0 >= 0x80 } }) {
            guard channel.extensions.contains(.smtpUTF8) else {
                throw Stopped(reason: "an address beyond ASCII needs SMTPUTF8, which the server does not offer")
            }
            parameters.append(.smtpUTF8)
        }
        let mail = try await channel.mail(from: reversePath, parameters: parameters)
        try require(mail, mail.isPositiveCompletion, "MAIL")

        var accepted: [ForwardPath] = []
        for path in forwardPaths {
            let reply = try await channel.recipient(to: path)
            print("\(path): \(reply)")
            if reply.isPositiveCompletion { accepted.append(path) }
        }
        guard !accepted.isEmpty else { throw Stopped(reason: "no recipient was accepted") }

        // 354 and nothing else: what follows is read as the message (RFC 5321 §4.1.1.4).
        let data = try await channel.data()
        try require(data, data.code == 354, "DATA")

        let header = "From: <\(reversePath)>\nTo: \(accepted.map { "<\($0)>" }.joined(separator: ", "))\n"
        let text = header + "Subject: Hello\n\nSent command by command.\n.A line with a dot before it.\n"
        // Line ends, the doubled dot and the final dot are the channel's part. One reply comes, save in LMTP.
        for reply in try await channel.sendMessage(Array(text.utf8)) {
            try require(reply, reply.isPositiveCompletion, "the message")
        }
    }

    private func require(_ reply: SMTPReply, _ isAsExpected: Bool, _ what: String) throws {
        print("\(what): \(reply)")
        if isAsExpected { return }
        switch reply.severity {
        case .transientNegative: throw Stopped(reason: "\(what) was refused for now: try again later")
        case .permanentNegative: throw Stopped(reason: "\(what) was refused for good")
        case .positiveCompletion, .positiveIntermediate: throw Stopped(reason: "this is no answer to \(what)")
        }
    }
}

/// Why the program went no further.
private struct Stopped: Error, CustomStringConvertible {
    let reason: String

    var description: String { reason }
}
