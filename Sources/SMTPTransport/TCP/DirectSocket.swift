internal import CSocketWait
internal import NIOCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// The socket beneath a channel, to write to and to read from without its pipeline.
///
/// NIO's way through handlers, queue and promises costs as much time as a quarter of the system call at its end, and a
/// copy of the bytes. A client that waits for each reply pays it for every command.
///
/// Valid while the channel is active: the number of a closed descriptor may belong to another connection.
struct DirectSocket {
    private let descriptor: NIOBSDSocket.Handle

    /// `nil` if the channel is no socket of the system.
    ///
    /// Asks the channel's core itself. NIO's own question names the type of the handle in a cast, which has the runtime read
    /// the names of types at each connection: a twentieth of what a session costs outside the kernel.
    init?(of channel: any Channel) {
        guard let core = channel._channelCore as? any NIOTransportAccessibleChannelCore else { return nil }
        guard let descriptor = Self.handle(of: core) else { return nil }
        self.descriptor = descriptor
    }

    private static func handle<Core: NIOTransportAccessibleChannelCore>(of core: Core) -> NIOBSDSocket.Handle? {
        try? core.withUnsafeTransport { $0 as? NIOBSDSocket.Handle }
    }

    /// Keeps the socket from programs that this process starts: with a copy of theirs the connection would live on when it is
    /// closed here, and be theirs to use.
    ///
    /// NIO does not; one that is started at the same moment has it still.
    func closeInOtherPrograms() {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Sends as much of `bytes` as the socket takes at once, and returns how much that is.
    ///
    /// An error reads as 0: the channel meets it again, and knows what to do.
    func send(_ bytes: RawSpan) -> Int {
        #if canImport(Darwin)
        // NIO has set SO_NOSIGPIPE.
        let flags = MSG_DONTWAIT
        #else
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        #endif
        return bytes.withUnsafeBytes { bytes in
            #if canImport(Darwin)
            max(0, Darwin.send(descriptor, bytes.baseAddress, bytes.count, flags))
            #elseif canImport(Musl)
            max(0, Musl.send(descriptor, bytes.baseAddress, bytes.count, flags))
            #else
            max(0, Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags))
            #endif
        }
    }

    /// The octets sent that the other side's system has not taken yet, or `nil` if this system does not tell.
    var notTakenCount: Int? {
        let count = smtp_octets_not_taken(descriptor)
        return count < 0 ? nil : Int(count)
    }

    /// Adds the socket to a set that is waited for, and returns whether that was possible.
    func join(_ set: Int32, as registration: UInt32) -> Bool {
        smtp_wait_add(set, descriptor, registration) == 0
    }

    /// Receives into `space` what there is.
    ///
    /// - Returns: How many octets; 0 at the end of the stream, and `nil` where there is nothing.
    /// - Throws: What broke the connection: the system says it only once.
    func receive(into space: UnsafeMutableRawBufferPointer) throws(IOError) -> Int? {
        let count = recv(descriptor, space.baseAddress, space.count, Int32(MSG_DONTWAIT))
        guard count < 0 else { return count }
        guard errno != EAGAIN, errno != EINTR else { return nil }
        throw IOError(errnoCode: errno, reason: "recv")
    }
}
