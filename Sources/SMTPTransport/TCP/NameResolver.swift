internal import NIOCore
internal import NIOPosix

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
    private let ipv4: EventLoopPromise<[SocketAddress]>
    private let ipv6: EventLoopPromise<[SocketAddress]>

    init(eventLoop: any EventLoop) {
        ipv4 = eventLoop.makePromise()
        ipv6 = eventLoop.makePromise()
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        NIOSingletons.posixBlockingThreadPool.submit { [self] _ in resolve(host, port) }
        return ipv6.futureResult
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        ipv4.futureResult
    }

    func cancelQueries() {}

    private func resolve(_ host: String, _ port: Int) {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        let systemError = errno
        guard code == 0 else {
            let error = Self.error(host: host, code: code, systemError: systemError)
            ipv6.fail(error)
            ipv4.fail(error)
            return
        }
        defer { freeaddrinfo(list) }
        let addresses = sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { $0?.pointee.socketAddress }
        ipv6.succeed(addresses.filter { $0.protocol == .inet6 })
        ipv4.succeed(addresses.filter { $0.protocol == .inet })
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
