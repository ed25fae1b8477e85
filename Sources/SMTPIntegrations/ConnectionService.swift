#if ServiceLifecycle
public import ServiceLifecycle
public import SMTPClient

/// A connection as a service of swift-service-lifecycle: it stays open until the group shuts down.
///
/// At a graceful shutdown what is being sent is sent to its end, and then the session is ended with QUIT. If the task is
/// cancelled, the connection is closed at once.
public struct ConnectionService: Service {
    private let connection: SMTPConnection

    /// Creates a service of a connection that is open.
    public init(_ connection: SMTPConnection) {
        self.connection = connection
    }

    /// Waits for the shutdown, and quits.
    public func run() async throws {
        try? await gracefulShutdown()
        await connection.quit()
    }
}
#endif
