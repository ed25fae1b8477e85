import SMTPTesting
import Testing

@testable import SMTPTransport

@Suite("TLS resumption")
struct TLSResumptionTests {
    /// A dialogue in which the client reads, as tickets come behind the handshake.
    private func connect(_ dialogue: TLSDialogue) throws -> TLSInfo {
        try dialogue.run { transport in
            try await transport.write("220 ready\r\n")
        } client: { transport in
            _ = try await transport.readAll(upTo: 11)
            return transport.info
        }.client.get()
    }

    @Test("A session is resumed, with its certificate and verdict", arguments: [TLSVersion.tls12, .tls13])
    func resumes(version: TLSVersion) throws {
        var dialogue = try TLSDialogue()
        dialogue.client.maximumVersion = version
        let first = try connect(dialogue)
        #expect(!first.isResumed)
        for _ in 0..<3 {
            let info = try connect(dialogue)
            #expect(info.isResumed)
            #expect(info.verification == .passed)
            #expect(info.peerCertificates == first.peerCertificates)
            #expect(info.serverEndPointBinding == first.serverEndPointBinding)
            #expect(info.exporterBinding != first.exporterBinding)
        }
    }

    @Test("The verdict of a session that failed verification is kept as well")
    func failedVerdict() throws {
        var dialogue = try TLSDialogue()
        dialogue.client.verification = .insecureRecordOnly
        dialogue.host = "other.example"
        _ = try connect(dialogue)
        let info = try connect(dialogue)
        #expect(info.isResumed)
        guard case .failed(let failure) = info.verification else {
            Issue.record("\(info)")
            return
        }
        #expect(failure.check == .name)
    }

    @Test("No session is offered to another host or name, nor under other settings")
    func notElsewhere() throws {
        var dialogue = try TLSDialogue()
        let names = CertificateRequest("mail.example", "other.example")
        dialogue.server.identity = try TestCertificates.authority.get().issue(names).identity
        _ = try connect(dialogue)
        for change: (inout TLSDialogue) -> Void in [
            { $0.host = "other.example" },
            { ($0.client.serverName, $0.host) = ("mail.example", "192.0.2.1") },
            { $0.client.minimumVersion = .tls13 },
            { $0.client.verification = .insecureRecordOnly },
            { $0.client.trust += $0.client.trust },
            { $0.client.sessionCacheCapacity = 0 },
        ] {
            var changed = dialogue
            change(&changed)
            #expect(try !connect(changed).isResumed)
        }
        #expect(try connect(dialogue).isResumed)
    }

    @Test("Without a cache nothing is kept")
    func off() throws {
        var dialogue = try TLSDialogue()
        dialogue.client.sessionCacheCapacity = 0
        _ = try connect(dialogue)
        #expect(try !connect(dialogue).isResumed)
    }

    @Test("A ticket of TLS 1.3 is used once, also by connections at the same time")
    func singleUse() throws {
        let dialogue = try TLSDialogue()
        _ = try connect(dialogue)
        let context = try dialogue.client.contexts.context(for: .client(host: dialogue.host), dialogue.client)
        // A server of OpenSSL gives two.
        #expect(context.sessions.count == 2)
        let key = SessionCache.Key(host: dialogue.host, name: .dns("mail.example"))
        let taken = [context.sessions.take(for: key), context.sessions.take(for: key)]
        #expect(taken[0] != nil && taken[1] != nil && taken[0] !== taken[1])
        #expect(context.sessions.take(for: key) == nil)
        #expect(context.sessions.count == 0)
    }

    @Test("The cache is bounded, in all and for each server")
    func bounded() throws {
        var dialogue = try TLSDialogue()
        dialogue.client.sessionCacheCapacity = 5
        let context = try dialogue.client.contexts.context(for: .client(host: "x"), dialogue.client)
        let names = (0..<4).map { "host\($0).example" }
        dialogue.server.identity = try TestCertificates.authority.get()
            .issue(
                {
                    var request = CertificateRequest()
                    request.names = names.map { .dns(Array($0.utf8)) }
                    return request
                }()
            ).identity
        for name in names {
            dialogue.host = name
            _ = try connect(dialogue)
        }
        #expect(context.sessions.count == 5)
        let counts = names.map { name in
            var count = 0
            while context.sessions.take(for: SessionCache.Key(host: name, name: ServerName(name))) != nil { count += 1 }
            return count
        }
        // The oldest left first.
        #expect(counts == [0, 1, 2, 2])
        #expect(context.sessions.count == 0)
    }

    @Test("A server that forgot its keys gets a full handshake", arguments: [TLSVersion.tls12, .tls13])
    func forgotten(version: TLSVersion) throws {
        var dialogue = try TLSDialogue()
        dialogue.client.maximumVersion = version
        _ = try connect(dialogue)
        // A changed option makes a new context, and with it new keys for tickets.
        dialogue.server.cipherList = "HIGH"
        let info = try connect(dialogue)
        #expect(!info.isResumed)
        #expect(info.verification == .passed)
    }
}
