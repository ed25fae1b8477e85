internal import COpenSSL

/// Where OpenSSL reads and writes its records: memory that is lent for a call, and an array that grows.
///
/// Nothing is copied on the way in, once on the way out, and the array's memory is used again. The callbacks are plain
/// functions of no actor, as OpenSSL calls them from wherever it is called.
final class CiphertextBIO {
    /// What was received and not yet read by OpenSSL; set only while a call into OpenSSL lasts.
    var incoming = UnsafeRawBufferPointer(start: nil, count: 0)

    /// What OpenSSL wrote and nobody has taken yet.
    private(set) var outgoing: [UInt8] = []

    /// Makes a handle of OpenSSL's on this object, which must outlive it and is the caller's to free.
    func makeHandle() -> OpaquePointer? {
        guard let handle = BIO_new(Self.method) else { return nil }
        BIO_set_data(handle, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(handle, 1)
        return handle
    }

    /// Swaps what is to be sent for an empty array, whose memory is used from now on.
    func takeOutgoing(_ array: inout [UInt8]) {
        swap(&outgoing, &array)
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, incoming.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: incoming[..<count]))
        incoming = UnsafeRawBufferPointer(rebasing: incoming[count...])
        return count
    }

    private static func object(of handle: OpaquePointer?) -> CiphertextBIO? {
        BIO_get_data(handle).map { Unmanaged<CiphertextBIO>.fromOpaque($0).takeUnretainedValue() }
    }

    // Made once and never changed.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "swift-smtp")
        BIO_meth_set_read(method) { handle, buffer, count in
            guard let bio = CiphertextBIO.object(of: handle), let buffer, count > 0 else { return 0 }
            BIO_clear_flags(handle, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            let read = bio.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(count)))
            guard read > 0 else {
                BIO_set_flags(handle, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
                return -1
            }
            return Int32(read)
        }
        BIO_meth_set_write(method) { handle, bytes, count in
            guard let bio = CiphertextBIO.object(of: handle), let bytes, count > 0 else { return 0 }
            bio.outgoing.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            return count
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()
}
