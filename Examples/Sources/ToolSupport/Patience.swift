/// How long a tool goes on: until its deadline, or until it is interrupted.
package struct Patience: Sendable {
    private let end: ContinuousClock.Instant?

    /// - Parameter end: The deadline; `nil` for none.
    package init(end: ContinuousClock.Instant?) {
        self.end = end
    }

    /// What is left until the deadline, not less than nothing; `nil` if there is none.
    package var rest: Duration? { end.map { max(.zero, ContinuousClock.now.duration(to: $0)) } }

    /// Whether the deadline passed, or the task was cancelled.
    var isOver: Bool { Task.isCancelled || isPastEnd }

    private var isPastEnd: Bool { rest.map { $0 <= .zero } ?? false }

    /// - Throws: ``ToolFailure`` once it is over.
    private func check(reading name: String) throws(ToolFailure) {
        if Task.isCancelled {
            throw ToolFailure(.cancelled, "interrupted before the end of \(name)", .temporaryFailure)
        }
        if isPastEnd {
            var failure = ToolFailure(.timeout, "the deadline passed before the end of \(name)", .temporaryFailure)
            failure.isDeadlineMissed = true
            throw failure
        }
    }

    /// Reads up to `count` octets; none at the end, and only there.
    ///
    /// Waits for them, also for who opens a named pipe late.
    ///
    /// - Throws: ``ToolFailure`` if `descriptor`, which a person knows as `name`, cannot be read, or once it is over.
    package func read(_ count: Int, from descriptor: Descriptor, named name: String) throws(ToolFailure) -> [UInt8] {
        while true {
            try check(reading: name)
            // In short waits, so that the deadline and an interrupt are noticed.
            guard descriptor.isReadable(within: 100) else { continue }
            do throws(Descriptor.Failure) {
                if let piece = try descriptor.read(count) { return piece }
            } catch {
                throw ToolFailure(reading: name, error)
            }
        }
    }
}

extension ToolFailure {
    /// Something that a person knows as `name` cannot be read.
    package init(reading name: String, _ error: Descriptor.Failure) {
        self.init(.noInput, "cannot read \(name): \(error)", .noInput)
    }
}
