import SMTPWire
import ToolSupport

/// The outcome as one line of JSON.
extension SendOutcome {
    var json: String {
        JSON.object([
            ("ok", JSON.boolean(isAcceptedForAll && failure == nil)),
            ("outcome", JSON.string(state.rawValue)),
            ("error", failure?.json ?? "null"),
            ("recipients", JSON.array(recipients.map(\.json))),
        ])
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
