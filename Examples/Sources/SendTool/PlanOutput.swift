import SMTPClient
import SMTPWire
import ToolSupport

/// What would be sent, as `--plan` prints it.
struct PlanOutput {
    let plan: DeliveryPlan
    let addresses: [String]

    /// The lines of the dialogue, and what may surprise about them.
    var lines: [String] {
        var lines: [String] = []
        for line in shortened { lines.append("C: \(line)") }
        lines.append(summary)
        lines += plan.dropped.map { "dropped: \($0)" }
        lines += plan.warnings.map { "warning: \($0)" }
        return lines.map { DisplayText.escape($0) }
    }

    private var summary: String {
        let size = plan.size.map { "\($0) octets" } ?? "a stream"
        let wireSize = plan.wireSize.map { ", \($0) on the wire" } ?? ""
        let count = plan.transactions.count
        let transactions = count == 1 ? "" : ", in \(count) transactions"
        return
            "plan: \(size)\(wireSize), by \(plan.transfer.verb)\(plan.isPipelined ? ", pipelined" : "")\(transactions)"
    }

    /// The plan's lines, of which a large message in chunks has thousands that are all the same.
    private var shortened: [String] {
        var lines: [String] = []
        var repetitions = 0
        for line in plan.lines {
            if line.hasPrefix("BDAT") || line.hasPrefix("("), lines.suffix(2).contains(line) {
                repetitions += 1
                continue
            }
            if repetitions > 0 { lines.append("(and \(repetitions / 2) chunks like this)") }
            repetitions = 0
            lines.append(line)
        }
        return lines
    }

    /// One line with the keys of every outcome and the plan.
    var json: String {
        let recipients = addresses.map { SendOutcome.Recipient(address: $0, state: .notAttempted) }
        return SendOutcome.json(isOK: true, state: "planned", error: nil, recipients: recipients, plan: planJSON)
    }

    private var planJSON: String {
        JSON.object([
            ("transfer", JSON.string(plan.transfer.verb)),
            ("pipelined", "\(plan.isPipelined)"),
            ("size", plan.size.map { "\($0)" } ?? "null"),
            ("wireSize", plan.wireSize.map { "\($0)" } ?? "null"),
            ("transactions", JSON.array(plan.transactions.map(Self.json))),
            ("dropped", JSON.array(plan.dropped.map { JSON.string("\($0)") })),
            ("warnings", JSON.array(plan.warnings.map { JSON.string("\($0)") })),
        ])
    }

    private static func json(_ transaction: DeliveryPlan.Transaction) -> String {
        JSON.object([
            ("mail", JSON.string(transaction.mail.redactedLine)),
            ("recipients", JSON.array(transaction.recipients.map { JSON.string($0.redactedLine) })),
        ])
    }
}

extension DeliveryPlan.Transfer {
    /// The verb of the command that announces the content.
    fileprivate var verb: String {
        switch self {
        case .data: "DATA"
        case .chunks: "BDAT"
        case .url: "BURL"
        @unknown default: "?"
        }
    }
}
