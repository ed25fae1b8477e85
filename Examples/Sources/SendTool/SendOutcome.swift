import SMTPClient
import SMTPWire
import ToolSupport

/// What became of the run: for each recipient, and the failure if not all was well.
struct SendOutcome {
    enum State: String {
        case accepted
        case rejected
        case notAttempted = "not-attempted"
        case unknown
    }

    struct Recipient {
        let address: String
        let state: State
        var verb: String?
        var reply: SMTPReply?
    }

    let recipients: [Recipient]
    let failure: ToolFailure?

    /// Whether the command line was right, so that something can be said of each recipient.
    private(set) var isForRecipients = true

    /// Whether the server was looked for by --socket.
    var isOverSocket = false

    /// Nothing was sent.
    init(failure: ToolFailure, addresses: [String]) {
        self.failure = failure
        isForRecipients = failure.exitCode != .usage
        recipients = addresses.map { Recipient(address: $0, state: .notAttempted) }
    }

    /// The server answered for at least one recipient.
    init(report: DeliveryReport, addresses: [String]) {
        recipients = Self.recipients(report, addresses)
        let refusal = recipients.first { $0.state == .rejected }
        if let error = report.error {
            failure = ToolFailure(error)
        } else if let refusal, let reply = refusal.reply {
            failure = ToolFailure(refused: reply, verb: refusal.verb)
        } else if recipients.contains(where: { $0.state != .accepted }) {
            failure = ToolFailure(.closed, "the server did not answer for all recipients", .temporaryFailure)
        } else {
            failure = nil
        }
    }

    /// Sending failed; the error may carry a report.
    init(error: SMTPError, addresses: [String]) {
        failure = ToolFailure(error)
        recipients =
            error.report.map { Self.recipients($0, addresses) }
            ?? addresses.map { Recipient(address: $0, state: .notAttempted) }
    }

    var isAcceptedForAll: Bool { !recipients.isEmpty && recipients.allSatisfy { $0.state == .accepted } }

    /// The outcome as a whole: `rejected` means that the server provably does not have the message.
    var state: State {
        if recipients.contains(where: { $0.state == .unknown }) { return .unknown }
        return recipients.contains { $0.state == .accepted } ? .accepted : .rejected
    }

    /// The first rule that matches decides.
    var exitCode: ExitCode {
        guard let failure else { return .ok }
        if failure.exitCode == .usage || failure.exitCode == .noInput { return failure.exitCode }
        if state == .unknown { return .temporaryFailure }
        let refusals = refusals
        if failure.exitCode == .noPermission || refusals.contains(where: \.wantsAuthentication) { return .noPermission }
        if failure.exitCode == .unavailable || refusals.contains(where: \.isPermanentNegative) { return .unavailable }
        return failure.exitCode
    }

    /// All replies that said no: to a recipient, or to something before or behind them.
    private var refusals: [SMTPReply] {
        recipients.compactMap { $0.state == .rejected ? $0.reply : nil } + [failure?.reply].compactMap { $0 }
    }

    private static func recipients(_ report: DeliveryReport, _ addresses: [String]) -> [Recipient] {
        zip(addresses, report.recipients).map { address, recipient in
            var result = Recipient(address: address, state: State(recipient.outcome))
            result.verb = recipient.outcome.answer?.verb
            result.reply = recipient.outcome.answer?.reply
            return result
        }
    }
}

extension SendOutcome.State {
    init(_ outcome: DeliveryReport.Outcome) {
        switch outcome {
        case .accepted: self = .accepted
        case .rejected: self = .rejected
        case .notAttempted: self = .notAttempted
        case .unknown: self = .unknown
        // An outcome this version does not know is none it can vouch for.
        @unknown default: self = .unknown
        }
    }
}
