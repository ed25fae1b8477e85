internal import COpenSSL
internal import COpenSSLShims

/// Bytes out of OpenSSL's hands.
package enum OpenSSLBytes {
    /// What an `i2d` function encodes.
    package static func encode(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = encode(&bytes)
        defer { smtp_openssl_free(bytes) }
        guard count > 0, let bytes else { return [] }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    /// What is printed into a memory BIO.
    package static func print(_ print: (OpaquePointer?) -> Int32) -> [UInt8] {
        let memory = BIO_new(BIO_s_mem())
        defer { BIO_free(memory) }
        guard print(memory) == 1 else { return [] }
        var bytes: UnsafePointer<UInt8>?
        let count = smtp_bio_memory(memory, &bytes)
        return bytes.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
    }

    static func copy(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        guard let string, let bytes = ASN1_STRING_get0_data(string) else { return [] }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(ASN1_STRING_length(string))))
    }
}
