#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A file descriptor, with the few calls the tool makes; none of them is ended by a signal.
package struct Descriptor: Hashable, Sendable {
    /// A failure as the system numbers it.
    package struct Failure: Error, Hashable, CustomStringConvertible {
        package let number: Int32

        package init(number: Int32) {
            self.number = number
        }

        package static var last: Failure { Failure(number: errno) }

        package var description: String { String(cString: strerror(number)) }
    }

    package let number: Int32

    package init(number: Int32) {
        self.number = number
    }

    /// Opens a file for reading; one that is no regular file is not waited for here.
    package static func open(path: String) throws(Failure) -> Descriptor {
        let number = systemOpen(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { throw .last }
        return Descriptor(number: number)
    }

    /// The size of a regular file, or `nil` for a pipe, a terminal or a device.
    package func fileSize() throws(Failure) -> Int? {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .last }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw Failure(number: EISDIR)
        case S_IFREG: return Int(status.st_size)
        default: return nil
        }
    }

    /// Whether there is something to read, an end or a failure included; waits for it as long as this.
    package func isReadable(within milliseconds: Int32) -> Bool {
        poll(for: POLLIN, milliseconds)
    }

    /// Whether something can be written, or fails; waits for it as long as this.
    func isWritable(within milliseconds: Int32) -> Bool {
        poll(for: POLLOUT, milliseconds)
    }

    /// Reads up to `count` octets; none at the end, `nil` if there are none just now.
    package func read(_ count: Int) throws(Failure) -> [UInt8]? {
        var failure: Failure?
        let piece = [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
            let result = systemRead(number, buffer.baseAddress, buffer.count)
            if result < 0 { failure = .last }
            read = max(0, result)
        }
        guard let failure else { return piece }
        guard [EINTR, EAGAIN].contains(failure.number) else { throw failure }
        return nil
    }

    /// Writes all of `bytes`.
    package func write(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EAGAIN {
                _ = poll(for: POLLOUT, -1)
            } else if count < 0, errno != EINTR {
                throw .last
            }
            rest = rest.dropFirst(max(0, count))
        }
    }

    package var isTerminal: Bool { isatty(number) == 1 }

    package func close() {
        systemClose(number)
    }

    private func poll(for events: some BinaryInteger, _ milliseconds: Int32) -> Bool {
        var request = pollfd(fd: number, events: Int16(events), revents: 0)
        return systemPoll(&request, milliseconds) > 0
    }
}

// The system's functions under names that the methods above do not hide.

private func systemOpen(_ path: String, _ flags: Int32) -> Int32 {
    open(path, flags)
}

private func systemRead(_ number: Int32, _ address: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(number, address, count)
}

private func systemWrite(_ number: Int32, _ address: UnsafeRawPointer?, _ count: Int) -> Int {
    write(number, address, count)
}

private func systemPoll(_ request: inout pollfd, _ milliseconds: Int32) -> Int32 {
    poll(&request, 1, milliseconds)
}

private func systemClose(_ number: Int32) {
    close(number)
}
