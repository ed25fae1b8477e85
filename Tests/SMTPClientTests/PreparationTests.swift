import SMTPSession
import SMTPTesting
import SMTPTransport
import Synchronization
import TestSupport
import Testing

@testable import SMTPClient

/// What is done before the first message, when many tasks want to send one at the same time.
@Suite("SMTPConnection: many tasks make ready one connection")
struct PreparationTests {
    private func server() throws -> (SinkConfiguration, SMTPConfiguration) {
        let authority = try CertificateAuthority()
        var tls = TLSConfiguration()
        tls.identity = try authority.issue(CertificateRequest("mail.example")).identity
        var server = SinkConfiguration()
        server.keywords = ["STARTTLS", "AUTH PLAIN"]
        server.tls = SinkTLS(tls)
        server.enforcement = [.strict, .encryption, .authentication]
        server.mechanisms = [.plain { $0 == "user" && $1 == "secret" }]
        var trusting = TLSConfiguration()
        trusting.trust = [authority.trust]
        var client = SMTPConfiguration(security: .startTLS(trusting))
        client.credentials = .password(user: "user", Secret("secret"))
        return (server, client)
    }

    @Test("STARTTLS and AUTH are said once, and all messages go", arguments: 0..<20 as Range<UInt64>)
    func once(seed: UInt64) throws {
        let (server, client) = try server()
        let simulation = Simulation(seed: seed, server: server)
        try simulation.run {
            let connection = try await simulation.open(client)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask(executorPreference: simulation.executor) {
                        try await connection.send("x", from: "", to: ["postmaster"])
                    }
                }
                try await group.waitForAll()
            }
            await connection.quit()
        }
        let verbs = try simulation.verbs()
        #expect(verbs.prefix(4) == ["EHLO", "STARTTLS", "EHLO", "AUTH"])
        #expect(verbs.count { $0 == "STARTTLS" || $0 == "AUTH" } == 2)
        #expect(simulation.server.messages.count == 4)
    }

    @Test("Who says STARTTLS or AUTH by itself disturbs nobody; it is said once", arguments: 0..<20 as Range<UInt64>)
    func explicit(seed: UInt64) throws {
        var (server, client) = try server()
        server.enforcement = .strict
        let security = client.security
        client.security = .insecurePlain
        client.authentication.insecureAllowsCredentialsInClear = true
        let credentials = try #require(client.credentials)
        if seed.isMultiple(of: 2) { client.credentials = nil }
        let simulation = Simulation(seed: seed, server: server)
        try simulation.run { [client] in
            let connection = try await simulation.open(client)
            try await connection.hello()
            try await withThrowingTaskGroup { group in
                for number in 0..<4 {
                    group.addTask(executorPreference: simulation.executor) {
                        if number == 1, client.credentials == nil, case .startTLS(let tls) = security {
                            try await connection.startTLS(tls)
                        } else if number == 1 {
                            do throws(SMTPError) {
                                try await connection.authenticate(credentials, options: client.authentication)
                            } catch {
                                // A sender has done so, which is as good.
                                #expect(error.kind == .usage)
                            }
                        } else {
                            try await connection.send("x", from: "", to: ["postmaster"])
                        }
                    }
                }
                try await group.waitForAll()
            }
            await connection.quit()
        }
        let commands = try #require(simulation.server.sessions.first).commands
        #expect(commands.count { $0.hasPrefix("STARTTLS") || $0.hasPrefix("AUTH") } == 1)
        #expect(simulation.server.messages.count == 3)
    }

    @Test("A password that the server refused for good is not shown to it for each message", arguments: [535, 454])
    func refusedOnce(code: Int) throws {
        var (server, client) = try server()
        server.script.on(.command("AUTH"), .reply(code, "no"))
        let simulation = Simulation(seed: 0, server: server, order: .inOrder)
        let kinds = try simulation.run { [client] in
            let connection = try await simulation.open(client)
            var kinds: [SMTPError.Kind?] = []
            for _ in 0..<3 {
                kinds.append(
                    await errorOf { () async throws(SMTPError) in
                        try await connection.send("x", from: "", to: ["postmaster"])
                    }?.kind
                )
            }
            await connection.quit()
            return kinds
        }
        #expect(kinds == Array(repeating: .credentialsRejected, count: 3))
        let commands = try #require(simulation.server.sessions.first).commands
        #expect(commands.count { $0.hasPrefix("AUTH") } == (code == 535 ? 1 : 3))
    }

    @Test("Who provides the credentials is asked again: they may be others by now")
    func refusedAndProvidedAgain() throws {
        var (server, client) = try server()
        server.enforcement = .strict
        let asked = Mutex(0)
        client.credentials = .provided {
            let count = asked.withLock { count in
                count += 1
                return count
            }
            return .password(user: "user", Secret(count == 1 ? "old" : "secret"))
        }
        let simulation = Simulation(seed: 0, server: server, order: .inOrder)
        let kinds = try simulation.run { [client] in
            let connection = try await simulation.open(client)
            var kinds: [SMTPError.Kind?] = []
            for _ in 0..<3 {
                kinds.append(await errorOf { () async throws(SMTPError) in try await connection.prepare() }?.kind)
            }
            await connection.quit()
            return kinds
        }
        #expect(kinds == [.credentialsRejected, nil, nil])
        #expect(asked.withLock { $0 } == 2)
    }

    @Test("Who says STARTTLS that others say too does it alone: it is said once", arguments: 0..<20 as Range<UInt64>)
    func explicitStartTLS(seed: UInt64) throws {
        let (server, client) = try server()
        let simulation = Simulation(seed: seed, server: server)
        try simulation.run {
            let connection = try await simulation.open(client)
            try await withThrowingTaskGroup { group in
                for number in 0..<4 {
                    group.addTask(executorPreference: simulation.executor) {
                        let error = await errorOf { () async throws(SMTPError) in
                            if number == 1 { try await connection.startTLS() } else { try await connection.prepare() }
                        }
                        // TLS that is there already is as good.
                        #expect(error == nil || (number == 1 && error?.kind == .usage))
                    }
                }
                try await group.waitForAll()
            }
            await connection.quit()
        }
        let verbs = try simulation.verbs()
        #expect(verbs == ["EHLO", "STARTTLS", "EHLO", "AUTH", "EHLO", "QUIT"])
    }

    @Test("A session that begins anew, by TLS, may know a password that the one before refused for good")
    func refusedInAnotherSession() throws {
        var (server, client) = try server()
        server.enforcement = .strict
        server.script.on(.command("AUTH"), .reply(535, "no"))
        let security = client.security
        client.security = .insecurePlain
        client.authentication.insecureAllowsCredentialsInClear = true
        let simulation = Simulation(seed: 0, server: server, order: .inOrder)
        try simulation.run { [client] in
            let connection = try await simulation.open(client)
            var kinds: [SMTPError.Kind?] = []
            for attempt in 0..<4 {
                if attempt == 2 { try await connection.startTLS(security.tls) }
                kinds.append(await errorOf { () async throws(SMTPError) in try await connection.prepare() }?.kind)
            }
            #expect(kinds == Array(repeating: .credentialsRejected, count: 4))
            await connection.quit()
        }
        let commands = try simulation.verbs()
        #expect(commands == ["EHLO", "AUTH", "STARTTLS", "EHLO", "AUTH", "QUIT"])
    }

    @Test("Who provides the credentials of an explicit AUTH may use the connection for it")
    func providerUsesConnection() throws {
        var (server, client) = try server()
        client.credentials = nil
        server.enforcement = .strict
        let simulation = Simulation(seed: 0, server: server, order: .inOrder)
        try simulation.run { [client] in
            let connection = try await simulation.open(client)
            let credentials = Credentials.provided {
                try await connection.prepare()
                return .password(user: "user", Secret("secret"))
            }
            #expect(try await connection.authenticate(credentials) == .plain)
            await connection.quit()
        }
        let commands = try simulation.verbs()
        #expect(commands == ["EHLO", "STARTTLS", "EHLO", "AUTH", "EHLO", "QUIT"])
    }

    @Test("Who is cancelled while another makes ready is told at once, and harms nobody")
    func cancelled() throws {
        var (server, client) = try server()
        server.script.on(.command("EHLO"), occurrence: 1, .reply(250, "sink", "STARTTLS").after(.seconds(10)))
        let simulation = Simulation(seed: 0, server: server, order: .inOrder)
        let executor = simulation.executor
        try simulation.run { [client] in
            let connection = try await simulation.open(client)
            let first = Task(executorPreference: executor) {
                try await connection.send("x", from: "", to: ["postmaster"])
            }
            let second = Task(executorPreference: executor) { () -> SMTPError.Kind? in
                do throws(SMTPError) {
                    try await connection.send("y", from: "", to: ["postmaster"])
                    return nil
                } catch {
                    return error.kind
                }
            }
            try await executor.sleep(for: .seconds(1))
            second.cancel()
            #expect(await second.value == .cancelled)
            #expect(executor.now.sinceStart == .seconds(1))
            _ = try await first.value
            await connection.quit()
        }
        #expect(simulation.server.messages.map(\.text) == ["x\r\n"])
    }
}

extension Simulation {
    /// A connection to the simulation's server.
    func open(_ configuration: SMTPConfiguration) async throws -> SMTPConnection {
        try await SMTPConnection.open(over: connect(), host: "mail.example", configuration: configuration)
    }

    /// The verbs of what the first session was told.
    fileprivate func verbs() throws -> [Substring] {
        try #require(server.sessions.first).commands.map { $0.prefix { $0 != " " } }
    }
}
