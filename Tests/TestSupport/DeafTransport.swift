package import SMTPTransport

/// A transport whose output breaks after some bytes while its input stays open, as a wrapper's may.
package final class DeafTransport: Transport {
    private let base: PipeTransport
    private var rest: Int

    package init(_ base: PipeTransport, writesUntil text: String) {
        self.base = base
        rest = text.utf8.count
    }

    package var executor: any TransportExecutor { base.executor }

    package func read(into buffer: ReceiveBuffer) async throws(TransportError) -> Bool {
        try await base.read(into: buffer)
    }

    package func write(_ bytes: RawSpan) async throws(TransportError) {
        guard bytes.byteCount <= rest else { throw .inputOutput(operation: "write", errno: 5) }
        rest -= bytes.byteCount
        try await base.write(bytes)
    }

    package func shutdownWrite() async throws(TransportError) { try await base.shutdownWrite() }

    package func close(_ reason: TransportError) { base.close(reason) }
}
