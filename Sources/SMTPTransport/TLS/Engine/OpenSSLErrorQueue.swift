internal import COpenSSL

/// OpenSSL's errors of the calling thread: cleared before a call, so that none leaks from one connection into another,
/// and taken after a failure.
enum OpenSSLErrorQueue {
    struct Entry {
        let library: Int32
        let reason: Int32
        let text: String

        /// The reason if it is one of the TLS library's.
        var tlsReason: Int32? { library == ERR_LIB_SSL ? reason : nil }

        /// The system's error number if it is one.
        var systemError: Int32? { library == ERR_LIB_SYS ? reason : nil }

        func isPEM(_ reason: Int32) -> Bool { library == ERR_LIB_PEM && self.reason == reason }
    }

    static func clear() {
        ERR_clear_error()
    }

    /// Takes all entries, the first cause first.
    static func drain() -> [Entry] {
        var entries: [Entry] = []
        var data: UnsafePointer<CChar>?
        var flags: Int32 = 0
        while true {
            let code = ERR_get_error_all(nil, nil, nil, &data, &flags)
            guard code != 0 else { return entries }
            // A queue holds 16 entries; this only says so.
            guard entries.count < 16 else { continue }
            var buffer = [CChar](repeating: 0, count: 256)
            ERR_error_string_n(code, &buffer, buffer.count)
            var text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            if flags & ERR_TXT_STRING != 0, let data {
                let words = String(cString: data)
                if !words.isEmpty { text += ": \(words)" }
            }
            let entry = Entry(
                library: ERR_GET_LIB(code),
                reason: ERR_GET_REASON(code),
                text: SafeText.escape(text)
            )
            entries.append(entry)
        }
    }
}
