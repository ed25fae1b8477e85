import InMemoryTracing
import SMTPIntegrations
import Testing
import Tracing

@Suite("Traces")
struct TracingTests {
    @Test("A span for each operation, with its attributes and no address")
    func good() async throws {
        let tracer = InMemoryTracer()
        try await Sessions.good([TracingObserver(tracer)])
        let spans = tracer.finishedSpans
        #expect(spans.map(\.operationName) == ["connect", "starttls", "auth", "send", "quit"].map { "smtp.\($0)" })
        #expect(spans.allSatisfy { $0.kind == .client && $0.status == nil })
        #expect(spans[3].attributes.get("server.address") == .string("mail.example"))
        #expect(spans[3].attributes.get("smtp.recipients") == .int64(2))
        for span in spans {
            span.attributes.forEach { _, value in #expect(!"\(value)".contains("@") && !"\(value)".contains("s3cret")) }
        }
    }

    @Test("The messages of a sequence are children of the span they were sent in")
    func sequence() async throws {
        let tracer = InMemoryTracer()
        try await Sessions.stream([TracingObserver(tracer)]) { send in
            try await tracer.withAnySpan("campaign") { _ in try await send() }
        }
        let spans = tracer.finishedSpans
        let campaign = try #require(spans.first { $0.operationName == "campaign" })
        let messages = spans.filter { $0.operationName == "smtp.send" }
        #expect(messages.count == 3)
        #expect(messages.allSatisfy { $0.parentSpanID == campaign.spanID })
    }

    @Test("A failure: its kind and the reply's code")
    func bad() async throws {
        let tracer = InMemoryTracer()
        try await Sessions.bad([TracingObserver(tracer)])
        let span = try #require(tracer.finishedSpans.first { $0.operationName == "smtp.send" })
        #expect(span.attributes.get("error.type") == .string("refused"))
        #expect(span.attributes.get("smtp.reply.code") == .string("554"))
        #expect(span.status?.code == .error)
        #expect(tracer.activeSpans.isEmpty)
    }
}
