import SMTPWire
import ToolSupport

/// The outcome as one line of JSON.
extension SendOutcome {
    var json: String {
        Self.json(
            isOK: isAcceptedForAll && failure == nil,
            state: state.rawValue,
            error: failure?.json,
            recipients: recipients
        )
    }

    /// The keys that are always there; a plan only where one was asked for.
    static func json(
        isOK: Bool,
        state: String,
        error: String?,
        recipients: [Recipient],
        plan: String? = nil
    ) -> String {
        JSON.object(
            [
                ("ok", JSON.boolean(isOK)),
                ("outcome", JSON.string(state)),
                ("error", error ?? "null"),
                ("recipients", JSON.array(recipients.map(\.json))),
            ] + (plan.map { [("plan", $0)] } ?? [])
        )
    }
}

extension SendOutcome.Recipient {
    fileprivate var json: String {
        JSON.object([
            ("address", JSON.string(address)),
            ("outcome", JSON.string(state.rawValue)),
            ("command", JSON.string(verb)),
            ("code", JSON.number(reply?.code.rawValue)),
            ("enhanced", JSON.string(reply?.enhancedStatusCode?.description)),
            ("message", JSON.string(reply?.text.joined(separator: " "))),
        ])
    }
}
