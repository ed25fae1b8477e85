/// How far messages may run ahead of the replies to them, where the server offers PIPELINING.
///
/// What is under way when a connection breaks is uncertain, as far as all of its content was sent: the window bounds that
/// too. With DATA one content at a time is under way, whatever the window; with BDAT as many as it allows.
public struct DeliveryWindow: Hashable, Sendable {
    /// The most messages under way at once; at least 1, which waits for the replies to each.
    ///
    /// Default 100.
    public var messages = 100

    /// The octets of content under way that another message may follow.
    ///
    /// Default 1 MiB.
    public var octets = 1 << 20

    /// Creates a window with the defaults.
    public init() {}

    /// A window of so many messages and octets.
    public init(messages: Int, octets: Int = 1 << 20) {
        self.messages = max(1, messages)
        self.octets = max(1, octets)
    }

    /// The octets that are gathered before they are handed to the transport, if more may follow.
    static let segmentSize = 65_536

    /// One message, and then its replies.
    static let single = DeliveryWindow(messages: 1)
}
