import SMTPSession
import SMTPTesting
import SMTPWire
import Synchronization
import TestSupport
import Testing

@testable import SMTPClient

@Suite("Bearer tokens")
struct BearerTokenTests {
    /// A source that gives out `tokens` one after the other, and tells why it was asked.
    fileprivate func source(_ tokens: [String]) -> (
        source: BearerTokenSource, reasons: Shared<[BearerTokenSource.Reason]>
    ) {
        let reasons = Shared<[BearerTokenSource.Reason]>([])
        let source = BearerTokenSource { reason in
            let count = reasons.value.withLock { reasons in
                reasons.append(reason)
                return reasons.count
            }
            guard count <= tokens.count else { throw CancellationError() }
            return BearerToken(Secret(tokens[count - 1]))
        }
        return (source, reasons)
    }

    @Test(
        "After a refusal a fresh token is tried, once",
        arguments: [
            ("AUTH XOAUTH2", ["535 no"]), ("AUTH XOAUTH2", ["334 \(base64(#"{"status":"401"}"#))", "535 no"]),
            ("AUTH OAUTHBEARER", ["334 \(base64(#"{"status":"invalid_token"}"#))", "535 no"]),
        ]
    )
    func retry(offered: String, refusal: [String]) throws {
        let (source, reasons) = source(["hunter2-old", "hunter2-new", "hunter2-never"])
        let credentials = Credentials.bearer(user: "tim", tokens: source)
        let result = try authenticate(credentials, AuthenticationSetting(offered)) {
            try await $0.answers(refusal + ["235 ok"])
        }
        #expect(result.mechanism != nil)
        #expect(reasons.value.withLock { $0 } == [.needed, .refused])
        #expect(
            result.lines.filter { $0.hasPrefix("AUTH") }.map { decoded(String($0.split(separator: " ")[2])) }
                .map { $0.contains("hunter2-new") } == [false, true]
        )
        if refusal.count == 2 { #expect(result.lines[1] == (offered == "AUTH XOAUTH2" ? "" : "AQ==")) }

        let (other, otherReasons) = self.source(["hunter2-old", "hunter2-new", "hunter2-never"])
        let twice = try authenticate(.bearer(user: "tim", tokens: other), AuthenticationSetting(offered)) {
            try await $0.answers(refusal + refusal)
        }
        #expect(twice.error?.kind == .credentialsRejected)
        if refusal.count == 2 { #expect(twice.error?.authentication?.serverError != nil) }
        if refusal.count == 2 { #expect(twice.error?.description.contains("401") == (offered == "AUTH XOAUTH2")) }
        #expect(otherReasons.value.withLock { $0.count } == 2)
    }

    @Test("A token that does not change, or a transient refusal, is not tried again")
    func noRetry() throws {
        let (source, reasons) = source(["hunter2-a", "hunter2-a"])
        let same = try authenticate(.bearer(user: "tim", tokens: source), AuthenticationSetting("AUTH XOAUTH2")) {
            try await $0.answers(["535 no"])
        }
        #expect(same.error?.kind == .credentialsRejected)
        #expect(same.lines.count == 1)
        #expect(reasons.value.withLock { $0.count } == 2)
        let (other, otherReasons) = self.source(["hunter2-a", "hunter2-b"])
        let transient = try authenticate(
            .bearer(user: "tim", tokens: other),
            AuthenticationSetting("AUTH XOAUTH2")
        ) {
            try await $0.answers(["454 later"])
        }
        #expect(transient.error?.advice == .sendAgainLater)
        #expect(otherReasons.value.withLock { $0.count } == 1)
    }

    @Test("A fixed token is not tried twice")
    func fixedToken() throws {
        let credentials = Credentials.bearer(user: "tim", token: Secret("hunter2"))
        let result = try authenticate(credentials, AuthenticationSetting("AUTH OAUTHBEARER XOAUTH2")) {
            try await $0.answers(["334 \(base64(#"{"status":"invalid_token"}"#))", "535 5.7.8 no"])
        }
        #expect(result.error?.authentication?.serverError == "invalid_token")
        #expect(result.error?.description.contains("invalid_token") == true)
        #expect(result.lines.count == 2)
    }

    @Test("Many that wait have one token fetched, and keep it")
    func singleFlight() async throws {
        let gate = Gate()
        let count = Shared(0)
        let source = BearerTokenSource { _ in
            await gate.pass()
            return BearerToken(Secret("hunter2-\(count.value.withLock { $0 += 1; return $0 })"))
        }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { try await source.token(on: globalConcurrentExecutor).number } }
            await source.waitUntilWaiting(50)
            await gate.open()
            for try await number in group { #expect(number == 1) }
        }
        // All of them are refused, and the second token is fetched once too.
        let first = try await source.token(on: globalConcurrentExecutor)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask { try await source.token(after: first, on: globalConcurrentExecutor).number }
            }
            for try await number in group { #expect(number == 2) }
        }
        #expect(count.value.withLock { $0 } == 2)
    }

    @Test("One that is cancelled does not take the token from the others, and the last one cancels the fetch")
    func cancellation() async throws {
        let gate = Gate()
        let source = BearerTokenSource { _ in
            await gate.pass()
            try Task.checkCancellation()
            return BearerToken(Secret("hunter2"))
        }
        let first = Task { try await source.token(on: globalConcurrentExecutor) }
        let second = Task { try await source.token(on: globalConcurrentExecutor) }
        await source.waitUntilWaiting(2)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        await gate.open()
        #expect(try await second.value.number == 1)

        let closed = Gate()
        let forsaken = BearerTokenSource { _ in
            await closed.pass()
            try Task.checkCancellation()
            return BearerToken(Secret("hunter2"))
        }
        let only = Task { try await forsaken.token(on: globalConcurrentExecutor) }
        await forsaken.waitUntilWaiting(1)
        only.cancel()
        await #expect(throws: CancellationError.self) { try await only.value }
        // Whoever comes now does not get what was given up.
        let next = Task { try await forsaken.token(on: globalConcurrentExecutor) }
        await forsaken.waitUntilWaiting(1)
        await closed.open()
        #expect(try await next.value.number == 1)
    }

    @Test("A token that has grown too old is replaced before it is used")
    func lifetime() async throws {
        let time = Shared(ContinuousClock().now)
        let source = BearerTokenSource(now: { time.value.withLock { $0 } }) { _ in
            BearerToken(Secret("hunter2"), lifetime: .seconds(60))
        }
        #expect(try await source.token(on: globalConcurrentExecutor).number == 1)
        time.value.withLock { $0 = $0.advanced(by: .seconds(59)) }
        #expect(try await source.token(on: globalConcurrentExecutor).number == 1)
        time.value.withLock { $0 = $0.advanced(by: .seconds(1)) }
        #expect(try await source.token(on: globalConcurrentExecutor).number == 2)
    }

    @Test("A failed fetch fails those who wait, and the next one tries again")
    func failedFetch() async throws {
        struct Offline: Error {}
        let count = Shared(0)
        let source = BearerTokenSource { _ in
            if count.value.withLock({
                $0 += 1; return $0
            }) == 1 {
                throw Offline()
            }
            return BearerToken(Secret("hunter2"))
        }
        await #expect(throws: Offline.self) { try await source.token(on: globalConcurrentExecutor) }
        #expect(try await source.token(on: globalConcurrentExecutor).number == 1)
    }
}

/// Closed until it is opened.
private actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass() async {
        if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }

    func open() {
        isOpen = true
        for waiter in waiting { waiter.resume() }
        waiting = []
    }
}

extension BearerTokenSource {
    /// Lets others run until this many wait for a token.
    fileprivate func waitUntilWaiting(_ count: Int) async {
        while waiterCount < count { await Task.yield() }
    }
}

/// A value that closures share.
private final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }
}
