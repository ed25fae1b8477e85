internal import DequeModule
import SMTPSession
internal import SMTPWire

/// Where messages come from, and where it is told what became of them.
///
/// Confined to the channel's executor.
protocol DeliverySource: AnyObject {
    /// Whether a message is at hand.
    var hasMessage: Bool { get }

    /// Takes the next message, if one is at hand.
    func takeMessage() -> MessageDelivery?

    /// What became of `message` is settled.
    func finished(_ message: MessageDelivery)

    /// The channel waits for replies next, unless it is woken: what is settled may be told, and who has more may wake it.
    func willWait()

    /// The channel waits for the caller or for room next, who knows how long: what is settled is told now.
    func tellNow()

    /// The turn ends; if there is an error, the channel can send no more because of it.
    func ended(with error: ChannelError?)
}

/// One transaction under way.
final class DeliveryFlight {
    let message: MessageDelivery
    let transaction: EncodedTransaction
    let reader: ContentReader

    /// Whether the next message may be written behind this one.
    let isPipelined: Bool
    @exclusivity(unchecked) var machine: TransactionMachine

    /// The octets of content handed over.
    @exclusivity(unchecked) var byteCount = 0

    /// As many of them as the message's progress has been told of.
    @exclusivity(unchecked) var shownByteCount = 0

    /// The channel's octet behind the content, once all of it is in the output.
    @exclusivity(unchecked) var end: UInt64 = 0

    /// A piece of the content is begun, and is the next that may be written.
    @exclusivity(unchecked) var isInContent = false

    init(
        _ message: MessageDelivery,
        _ transaction: EncodedTransaction,
        _ reader: ContentReader,
        beginsWithReset: Bool,
        followsOpen: Bool
    ) {
        self.message = message
        self.transaction = transaction
        self.reader = reader
        isPipelined = message.planned.plan.isPipelined
        machine = TransactionMachine(
            TransactionMachine.Shape(
                recipientCount: transaction.recipientCount,
                policy: message.planned.plan.policy,
                isChunked: message.planned.plan.transfer != .data,
                isFetched: message.planned.plan.transfer == .url,
                isPipelined: isPipelined,
                isLMTP: message.planned.plan.isLMTP,
                beginsWithReset: beginsWithReset,
                followsOpen: followsOpen
            )
        )
    }

    /// Tells the message what became of it.
    func settle() {
        // The record is lent, and not copied.
        machine.withRecord { message.finished(transaction, $0) }
    }

    /// What is written next, if it may be written now.
    func nextStep(_ window: DeliveryWindow) -> TransactionMachine.Step? {
        if isInContent { return machine.shape.isChunked ? .chunk : .content }
        // Chunks without a reply fill the window; a reply to the envelope, which comes before, counts as one.
        let isWithinWindow = machine.awaitedCount * ContentReader.pieceSize <= window.octets
        guard byteCount == 0 || isWithinWindow || !machine.shape.isChunked else { return nil }
        return machine.nextStep()
    }
}

/// The messages under way on a channel, oldest first.
final class DeliveryRun {
    let source: any DeliverySource
    let window: DeliveryWindow

    /// The one that is being written, the newest; `nil` once all of it is.
    @exclusivity(unchecked) var writing: DeliveryFlight?

    /// The memory of a piece of content, used again and again.
    @exclusivity(unchecked) var piece: [UInt8] = []

    /// Whose content the channel's spare memory has, encoded before it may be sent, and whether that is all of it.
    @exclusivity(unchecked) private var prepared: (flight: DeliveryFlight, isLast: Bool)?

    /// Whose next piece the caller is waited for; replies are taken in meanwhile.
    @exclusivity(unchecked) var awaitingPiece: DeliveryFlight?

    /// The server said what cannot be believed, or must not be sent more.
    @exclusivity(unchecked) var isBroken = false

    /// The run was given up in the midst of an envelope.
    @exclusivity(unchecked) private(set) var isCancelled = false

    @exclusivity(unchecked) private var flights: Deque<DeliveryFlight> = []

    /// The last message that is settled, if the source has not been told of it: what is to be sent goes first.
    @exclusivity(unchecked) private var settled: MessageDelivery?

    /// The server has answered 421, and by that said that it takes nothing of what is behind (RFC 5321 §3.8).
    @exclusivity(unchecked) private var hasServerLeft = false

    /// The octets of content of those under way.
    @exclusivity(unchecked) private var byteCount = 0

    /// There is progress to tell of.
    @exclusivity(unchecked) private var hasProgress = false

    /// The messages with a transaction still to come, oldest first: the next of each goes before another message's first.
    @exclusivity(unchecked) private var unfinished: Deque<MessageDelivery> = []

    /// A reply did not fit: from then on one message goes after the other.
    @exclusivity(unchecked) private(set) var isOutOfStep: Bool

    init(_ source: any DeliverySource, _ window: DeliveryWindow, isOutOfStep: Bool) {
        self.isOutOfStep = isOutOfStep
        self.source = source
        self.window = window
    }

    var isEmpty: Bool { flights.isEmpty }
    var oldest: DeliveryFlight? { flights.first }
    var hasMessage: Bool { !unfinished.isEmpty || source.hasMessage }

    /// Whether another message may be written behind those under way.
    var mayFollow: Bool {
        !isOutOfStep && flights.count < window.messages && byteCount < window.octets
    }

    /// Whether another message is at hand and may be written now: it may have come after the writing.
    var mayStart: Bool { writing == nil && mayFollow && hasMessage }

    func nextMessage() -> MessageDelivery? {
        unfinished.popFirst() ?? source.takeMessage()
    }

    /// Starts the next transaction of `message`, if it has one that this session may have.
    ///
    /// It begins with RSET behind another, and where one is open: MAIL must not come then (RFC 5321 §4.1.4), and
    /// whether the one before is closed is not known yet.
    func start(_ message: MessageDelivery, whileOpen isOpen: Bool, tally: inout SessionTally) -> DeliveryFlight? {
        guard let (commands, reader) = message.nextTransaction(&tally) else { return nil }
        let flight = DeliveryFlight(
            message,
            commands,
            reader,
            beginsWithReset: isOpen || !flights.isEmpty,
            followsOpen: isOpen && flights.isEmpty
        )
        flights.append(flight)
        writing = flight
        return flight
    }

    /// Encodes a short content that may not be sent yet into `spare`, while there is nothing else to do.
    func prepareContent(in spare: inout [UInt8]) {
        guard let flight = writing, flight !== prepared?.flight, flight.reader.isShort else { return }
        spare.removeAll(keepingCapacity: true)
        prepared = flight.reader.encodeNextInMemory(into: &spare).map { (flight, $0) }
    }

    /// Appends the next piece of a content in memory to `output`, encoded; perhaps it is in `spare` already.
    ///
    /// - Returns: Whether it was the last; `nil` if the content is not in memory.
    func appendPiece(of flight: DeliveryFlight, to output: inout [UInt8], spare: [UInt8]) -> Bool? {
        guard let prepared, prepared.flight === flight else { return flight.reader.encodeNextInMemory(into: &output) }
        self.prepared = nil
        output.append(contentsOf: spare)
        return prepared.isLast
    }

    func handedOver(_ count: Int, of flight: DeliveryFlight) {
        flight.byteCount += count
        byteCount += count
        if flight.message.progress != nil { hasProgress = true }
    }

    /// Tells who wants to know that all which was encoded has been sent.
    func showProgress() {
        guard hasProgress else { return }
        hasProgress = false
        for flight in flights where flight.shownByteCount < flight.byteCount {
            flight.message.progress?.sent(flight.byteCount - flight.shownByteCount)
            flight.shownByteCount = flight.byteCount
        }
    }

    /// How a transaction ended, for the connection.
    enum Ending {
        case inOrder
        case close(ChannelError)
    }

    /// Takes the oldest out if it is finished, and returns how it ended.
    ///
    /// - Parameter released: The octets of the channel that have left.
    /// - Returns: `nil` if it is not finished.
    func settleOldest(_ released: UInt64) -> Ending? {
        guard let flight = flights.first else { return nil }
        if flight.machine.isOutOfStep { isOutOfStep = true }
        guard flight.machine.isFinished else { return nil }
        flights.removeFirst()
        byteCount -= flight.byteCount
        if writing === flight { writing = nil }
        if prepared?.flight === flight { prepared = nil }
        if flight.end > released { flight.machine.contentHeldBack() }
        flight.settle()
        let reason = flight.machine.isClosing ? flight.machine.closeReason : nil
        if case .closedByServer(after: .some) = reason { hasServerLeft = true }
        if flight.message.hasMore, !flight.machine.isClosing {
            unfinished.append(flight.message)
        } else {
            if let reason, flight.message.hasMore { flight.message.fail(SMTPError(reason)) }
            tellSettled()
            settled = flight.message
        }
        return reason.map { .close($0) } ?? .inOrder
    }

    /// Whether the source is to be told of a message that is settled.
    var hasSettled: Bool { settled != nil }

    /// Tells the source of the message that is settled, if it has not been told of it.
    func tellSettled() {
        if let message = settled.take() { source.finished(message) }
    }

    /// Gives up the only message under way, if the server can be left clean.
    func leaveClean() -> Bool {
        guard flights.count == 1, let flight = flights.first, flight.machine.cancelled() else { return false }
        isCancelled = true
        flights.removeFirst()
        writing = nil
        flight.settle()
        source.finished(flight.message)
        return true
    }

    /// The connection ended: what is under way is settled as far as replies have come.
    func connectionLost(_ error: ChannelError, _ released: UInt64) {
        while let flight = flights.popFirst() {
            if flight.end > released { flight.machine.contentHeldBack() }
            flight.machine.connectionLost(error, behindGoodbye: hasServerLeft)
            if flight.machine.record.isClosing { hasServerLeft = true }
            flight.settle()
            if flight.message.hasMore { flight.message.fail(SMTPError(error)) }
            source.finished(flight.message)
        }
        giveUpRest(error)
    }

    /// Nothing more is sent of the messages with a transaction still to come, for this reason.
    func giveUpRest(_ error: ChannelError) {
        while let message = unfinished.popFirst() {
            message.fail(SMTPError(error))
            source.finished(message)
        }
    }
}
