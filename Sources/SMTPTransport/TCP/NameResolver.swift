internal import NIOCore
internal import NIOPosix
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Looks a host up with `getaddrinfo`, once for both address families, on a thread that may block.
///
/// NIO's own resolver drops the reason of a failure, and a name that does not exist must not look like a name server
/// that is down for a minute.
final class NameResolver: Resolver, Sendable {
    private typealias Addresses = EventLoopPromise<[SocketAddress]>

    private let eventLoop: any EventLoop

    /// The promise of the query that was asked for second; the first one's look-up answers both.
    private let ipv4 = Mutex<Addresses?>(nil)

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        let ipv6 = eventLoop.makePromise(of: [SocketAddress].self)
        let ipv4 = eventLoop.makePromise(of: [SocketAddress].self)
        self.ipv4.withLock { $0 = ipv4 }
        NIOSingletons.posixBlockingThreadPool.submit { _ in
            switch Self.resolve(host, port) {
            case .success(let addresses):
                ipv6.succeed(addresses.filter { $0.protocol == .inet6 })
                ipv4.succeed(addresses.filter { $0.protocol == .inet })
            case .failure(let error):
                ipv6.fail(error)
                ipv4.fail(error)
            }
        }
        return ipv6.futureResult
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        // NIO asks for IPv6 first, always.
        ipv4.withLock { $0?.futureResult } ?? eventLoop.makeSucceededFuture([])
    }

    func cancelQueries() {}

    private static func resolve(_ host: String, _ port: Int) -> Result<[SocketAddress], TransportError> {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return .failure(error(host: host, code: code, systemError: errno)) }
        defer { freeaddrinfo(list) }
        let entries = sequence(first: list, next: { $0?.pointee.ai_next })
        return .success(entries.compactMap { $0?.pointee.socketAddress })
    }

    /// Tells a name that is not there from a service that fails for now.
    static func error(host: String, code: Int32, systemError: Int32) -> TransportError {
        switch code {
        case EAI_NONAME: .hostNotFound(host: host)
        #if canImport(Glibc)
        // A name without an address; glibc alone tells it apart.
        case -5: .hostNotFound(host: host)
        #endif
        case EAI_SYSTEM: .nameResolutionFailed(host: host, reason: SystemError.text(systemError))
        default: .nameResolutionFailed(host: host, reason: String(cString: gai_strerror(code)))
        }
    }
}

extension addrinfo {
    fileprivate var socketAddress: SocketAddress? {
        switch ai_family {
        case AF_INET:
            ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { SocketAddress($0.pointee) }
        case AF_INET6:
            ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress($0.pointee) }
        default:
            nil
        }
    }
}
