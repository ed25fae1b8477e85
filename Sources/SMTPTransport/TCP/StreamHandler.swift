internal import NIOCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Turns NIO's pushed events into a transport's pulled bytes; confined to the channel's loop.
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// The bytes that may lie unread here before the socket is left alone.
    static let highWatermark = 262_144

    private let executor: EventLoopExecutor
    @exclusivity(unchecked) private var unread: [ByteBuffer] = []
    @exclusivity(unchecked) private var unreadCount = 0
    private var isPaused = false

    /// How the incoming direction ended, if it did.
    @exclusivity(unchecked) private var inputEnd: StreamEvent?
    private var outputError: TransportError? { didSet { isWritable = false } }
    private var closeReason: TransportError? { didSet { isWritable = false } }
    private var isOutputShut = false { didSet { isWritable = false } }

    /// Whether all that was written before our end of the stream has gone.
    private var isOutputEnded = false

    /// Whether there is none of these, which is asked for each write: cheaper than to copy them.
    ///
    /// Behind the end of the stream NIO would drop the bytes and tell nobody who does not ask.
    @exclusivity(unchecked) private var isWritable = true
    @exclusivity(unchecked) private var reader: (buffer: ReceiveBuffer, continuation: UnsafeContinuation<Void, Never>)?
    private var writer: UnsafeContinuation<Void, Never>?

    /// Who is told of bytes by a call instead of waiting for them.
    @exclusivity(unchecked) private var receiver: StreamReceiver?
    private var outgoing = ByteBuffer()
    let socket: DirectSocket?

    /// Whether the socket has something to say that only the channel understands, and that it has not come to.
    @exclusivity(unchecked) private var isLeftToChannel = false

    /// Whether bytes are expected: some were sent since the last ones came, or none came yet.
    @exclusivity(unchecked) private(set) var isAnswerAwaited = true

    /// The writes that wait in the channel's queue: what is written now must follow them there.
    @exclusivity(unchecked) private var queuedWriteCount = 0
    @exclusivity(unchecked) private var context: ChannelHandlerContext?

    /// The octets that were given to the socket, or to the channel's queue.
    @exclusivity(unchecked) private var handedCount = 0

    init(executor: EventLoopExecutor, socket: DirectSocket?) {
        self.executor = executor
        self.socket = socket
    }

    // MARK: The transport's side

    func read(into buffer: ReceiveBuffer) async throws(TransportError) -> Bool {
        let count = buffer.count
        while true {
            if let closeReason { throw closeReason }
            if moveUnread(to: buffer) || buffer.count > count { return true }
            switch inputEnd {
            case .failed(let error)?: throw error
            case .endOfStream?: return false
            case .bytes?, nil: await waitToRead(into: buffer)
            }
        }
    }

    /// Waits until there may be something to read.
    ///
    /// Whether there is already is asked in here: a task that has no preference for the executor leaves it on the way in
    /// and comes back, and what it would be resumed by has happened.
    private func waitToRead(into buffer: ReceiveBuffer) async {
        precondition(reader == nil, "a second read is outstanding")
        await withUnsafeContinuation { continuation in
            if unread.isEmpty, inputEnd == nil, closeReason == nil {
                reader = (buffer, continuation)
            } else {
                continuation.resume()
            }
        }
    }

    func deliver(into buffer: ReceiveBuffer, _ onEvent: @escaping (StreamEvent) -> Void) {
        receiver = StreamReceiver(buffer, onEvent)
        if moveUnread(to: buffer) { onEvent(.bytes) }
        if inputEnd != nil { tellOfEnd() }
    }

    func stopDelivering() {
        receiver = nil
    }

    /// Tells of the end, but not from within a call of the receiver's own, such as a write that fails.
    private func tellOfEnd() {
        executor.callLater { [self] in
            guard let inputEnd, let receiver = receiver.take() else { return }
            executor.runEvent { receiver.onEvent(inputEnd) }
        }
    }

    /// Sends as much of `bytes` as the socket takes, if nothing waits before it, and returns how much that is.
    func sendAtOnce(_ bytes: RawSpan) throws(TransportError) -> Int {
        guard isWritable, let context else { throw closeReason ?? outputError ?? .closed }
        guard let socket, queuedWriteCount == 0, context.channel.isActive else { return 0 }
        isAnswerAwaited = true
        let count = socket.send(bytes)
        handedCount += count
        return count
    }

    /// The octets that the other side's system has taken so far, or `nil` if nobody can tell.
    var takenCount: Int? {
        guard let socket, let context, context.channel.isActive, let notTaken = socket.notTakenCount else { return nil }
        let queued = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        return queued.map { handedCount - $0 - notTaken }
    }

    /// Whether the channel has nothing else to do than to wait for bytes, and somebody takes them.
    var canWaitAtSocket: Bool {
        (receiver != nil || reader != nil) && socket != nil && queuedWriteCount == 0
            && isWritable && inputEnd == nil && !isLeftToChannel
    }

    /// Whether the channel is connected, and the number of its descriptor its own.
    var isActive: Bool { context?.channel.isActive ?? false }

    /// Has no wait on the loop begin until the channel has met what the socket has to say.
    func leaveToChannel() {
        isLeftToChannel = true
    }

    /// Tells of the bytes the socket has, past the channel; `false` if there are none to tell of, or their end, which the
    /// channel meets again.
    func receiveAtOnce(in space: UnsafeMutableRawBufferPointer) -> Bool {
        guard canWaitAtSocket, let incoming, let socket, let context else { return false }
        do throws(IOError) {
            guard let count = try socket.receive(into: space) else { return false }
            guard count > 0 else {
                leaveToChannel()
                return false
            }
            isAnswerAwaited = false
            incoming.append(UnsafeRawBufferPointer(rebasing: space[..<count]).bytes)
            tellOfBytes()
            return true
        } catch {
            errorCaught(context: context, error: error)
            return false
        }
    }

    /// Copies `bytes` out to the socket or into the queue before it, and returns whether any are in the queue: then the
    /// caller waits for ``room()``.
    func send(_ bytes: RawSpan) throws(TransportError) -> Bool {
        let bytes = bytes.extracting(try sendAtOnce(bytes)...)
        guard !bytes.isEmpty, let context else { return false }
        // In the steady state the former write has left this buffer, and its memory is used again. One that still waits keeps
        // it, and a new one need not be as large.
        outgoing.clear(minimumCapacity: bytes.byteCount)
        bytes.withUnsafeBytes { _ = outgoing.writeBytes($0) }
        queuedWriteCount += 1
        handedCount += bytes.byteCount
        context.writeAndFlush(NIOAny(outgoing)).assumeIsolated().whenComplete { _ in self.queuedWriteCount -= 1 }
        // A socket that is broken says so within the call; what arrived before stays readable.
        if let error = closeReason ?? outputError { throw error }
        return !context.channel.isWritable
    }

    func room() async throws(TransportError) {
        while mustWaitToWrite {
            precondition(writer == nil, "a second write is outstanding")
            await withUnsafeContinuation { continuation in
                if mustWaitToWrite { writer = continuation } else { continuation.resume() }
            }
        }
        if let error = closeReason ?? outputError { throw error }
    }

    private var mustWaitToWrite: Bool {
        guard let context, closeReason == nil, outputError == nil else { return false }
        return !context.channel.isWritable
    }

    func shutdownOutput() async throws(TransportError) {
        if let error = closeReason ?? outputError { throw error }
        guard let context else { throw .closed }
        isOutputShut = true
        let result = await withUnsafeContinuation { (done: UnsafeContinuation<Result<Void, any Error>, Never>) in
            // Closed in both directions the channel drops what is in its queue, so that goes first.
            let flushed = context.writeAndFlush(NIOAny(ByteBuffer())).assumeIsolated()
            flushed.flatMap {
                self.isOutputEnded = true
                return context.close(mode: .output)
            }.whenComplete { done.resume(returning: $0) }
        }
        if case .failure(let error) = result { throw TransportError(error, during: "shutdown") }
    }

    func close(_ reason: TransportError) {
        guard closeReason == nil else { return }
        closeReason = reason
        unread = []
        unreadCount = 0
        receiver = nil
        resumeReader()
        resumeWriter()
        context?.close(mode: .all, promise: nil)
    }

    /// Closes without lingering, for which TCP sends a reset.
    func abort() {
        if let provider = context?.channel as? any SocketOptionProvider {
            provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        }
        close(.closed)
    }

    private func moveUnread(to buffer: ReceiveBuffer) -> Bool {
        guard !unread.isEmpty else { return false }
        for bytes in unread { buffer.append(bytes.readableBytesSpan) }
        unread.removeAll(keepingCapacity: true)
        unreadCount = 0
        if isPaused {
            isPaused = false
            context?.channel.setOption(.autoRead, value: true).assumeIsolated().whenFailure { _ in }
        }
        return true
    }

    /// The buffer of who takes bytes now, if anybody does.
    private var incoming: ReceiveBuffer? { receiver?.buffer ?? reader?.buffer }

    private func tellOfBytes() {
        executor.runEvent {
            if let receiver { receiver.onEvent(.bytes) } else { resumeReader() }
        }
    }

    private func resumeReader() {
        reader.take()?.continuation.resume()
    }

    private func resumeWriter() {
        writer.take()?.resume()
    }

    // MARK: The channel's side

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        executor.directLoop?.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        executor.directLoop?.remove(self)
        end(.endOfStream, output: .closed)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard closeReason == nil else { return }
        isAnswerAwaited = false
        if let incoming { return incoming.append(bytes.readableBytesSpan) }
        unread.append(bytes)
        unreadCount += bytes.readableBytes
        if unreadCount >= Self.highWatermark, !isPaused {
            isPaused = true
            context.channel.setOption(.autoRead, value: false).assumeIsolated().whenFailure { _ in }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isLeftToChannel = false
        guard let incoming, !incoming.isEmpty else { return }
        tellOfBytes()
        executor.waitDirectlySoon()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        executor.runEvent { resumeWriter() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { end(.endOfStream, output: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let error = TransportError(error, during: "read")
        end(.failed(error), output: error)
        context.close(mode: .all, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        executor.directLoop?.remove(self)
        // Whoever closed in order has been seen by now, unless our own direction was at its end; what is left is a connection
        // that broke while writing.
        end(isOutputEnded ? .endOfStream : .failed(.reset), output: .reset)
        self.context = nil
    }

    private func end(_ input: StreamEvent, output: TransportError?) {
        if inputEnd == nil { inputEnd = input }
        if outputError == nil, let output { outputError = output }
        resumeReader()
        if output != nil { resumeWriter() }
        if receiver != nil { tellOfEnd() }
    }
}

extension TransportError {
    /// What an error of NIO or the system means here.
    init(_ error: any Error, during operation: String) {
        switch error {
        case let error as TransportError:
            self = error
        case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE:
            self = .reset
        case let error as IOError:
            self = .inputOutput(operation: operation, errno: error.errnoCode)
        case is ChannelError:
            // Every member that can come here says that the channel is closed or closing.
            self = .closed
        default:
            self = .inputOutput(operation: operation, errno: EIO)
        }
    }
}
