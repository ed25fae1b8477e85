internal import CSocketWait
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Waits for the sockets of an event loop at the system itself, while nothing on that loop needs NIO.
///
/// From the selector to the handler NIO spends as much on a reply as everything of ours does. On a loop that nobody else
/// has channels on, what there is to wait for is known: answers on connected sockets, and calls from other threads. Those are
/// waited for here; NIO has its turn when there is anything else; and once a millisecond has passed without one, at the next
/// answer or the end of the wait.
package final class DirectLoop: Sendable {
    /// The most channels of a loop that is waited for here: each of them is asked before each wait.
    private static let mostChannels = 64

    /// How long answers are handed over before NIO's timers and tasks have a turn.
    private static let longestTurn = Duration.milliseconds(1)

    /// The longest wait.
    ///
    /// Below the system's tick each wait would set a timer in hardware, which costs as much as it spares.
    package static let longestWait = Duration.milliseconds(10)

    /// How often waiting is left to NIO where an answer took longer than a wait, or nobody could be waited for: there is
    /// nothing to be gained then.
    private static let pauses = 32

    /// Stands for the alarm among the sockets.
    private static let alarmRegistration: UInt32 = 0

    private enum State: UInt8, AtomicRepresentable {
        /// Nobody waits here.
        case busy
        /// The loop waits, and must be woken by the alarm.
        case waiting
        /// The alarm was rung.
        case woken
    }

    private struct Entry {
        let channel: StreamHandler
        /// Its number among those waited for, or `nil` as long as it is not there.
        var registration: UInt32?
    }

    private let state = Atomic(State.busy)

    /// How much is under way that NIO must look after: what other threads hand it, connecting, listening.
    private let leftToNIO = Atomic(0)
    private let waitMilliseconds: Int32
    private let alarm: Int32

    // Confined to the loop's thread.

    /// The system's set of those waited for; negative if there was no descriptor left for one.
    private nonisolated(unsafe) var waitSet: Int32 = -1
    @exclusivity(unchecked) private nonisolated(unsafe) var entries: [Entry] = []
    @exclusivity(unchecked) private nonisolated(unsafe) var readable: [StreamHandler] = []
    private nonisolated(unsafe) var lastRegistration = alarmRegistration
    private nonisolated(unsafe) var pausesLeft = 0
    private nonisolated(unsafe) let events = UnsafeMutableBufferPointer<smtp_wait_event>
        .allocate(capacity: mostChannels + 1)
    private nonisolated(unsafe) let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)

    /// How often bytes came this way; on the loop's thread.
    private(set) nonisolated(unsafe) var receptions = 0

    /// `nil` if the system has no such wait, or no descriptor left.
    ///
    /// - Parameter wait: What is waited at a time, in whole milliseconds.
    init?(waiting wait: Duration = longestWait) {
        waitMilliseconds = Int32(clamping: wait.clampedNanoseconds / 1_000_000)
        alarm = smtp_alarm_create()
        renewSet()
        guard waitSet >= 0 else { return nil }
    }

    deinit {
        if alarm >= 0 { close(alarm) }
        if waitSet >= 0 { close(waitSet) }
        events.deallocate()
        space.deallocate()
    }

    // MARK: From any thread

    /// Ends a wait, and has none begin before ``takeBack()``.
    func leaveToNIO() {
        leftToNIO.add(1, ordering: .sequentiallyConsistent)
        let (wasWaiting, _) = state.compareExchange(
            expected: .waiting,
            desired: .woken,
            ordering: .sequentiallyConsistent
        )
        if wasWaiting { smtp_alarm_ring(alarm) }
    }

    func takeBack() {
        leftToNIO.subtract(1, ordering: .sequentiallyConsistent)
    }

    // MARK: On the loop

    /// Counts a channel of ours among those of the loop.
    func add(_ channel: StreamHandler) {
        entries.append(Entry(channel: channel))
    }

    func remove(_ channel: StreamHandler) {
        entries.removeAll { $0.channel === channel }
    }

    /// Whether nothing of ours on the loop needs NIO, as far as the loop's thread knows, and there is something to wait for.
    func mayWait(on executor: EventLoopExecutor) -> Bool {
        guard entries.count <= Self.mostChannels, !executor.hasCallsToCome else { return false }
        var isAnswerAwaited = false
        for entry in entries {
            guard entry.channel.canWaitAtSocket else { return false }
            isAnswerAwaited = isAnswerAwaited || entry.channel.isAnswerAwaited
        }
        return isAnswerAwaited
    }

    /// Hands over answers as they come, until NIO is needed.
    ///
    /// Only from a task of the loop's own queue, which runs behind all events of a turn: NIO takes it that a socket it found
    /// readable has bytes when it comes to it.
    func run(on executor: EventLoopExecutor) {
        guard mayWait(on: executor) else { return }
        if pausesLeft > 0 { return pausesLeft -= 1 }
        let end = executor.now.advanced(by: Self.longestTurn)
        repeat {
            guard register() else { return }
            let (count, wasWoken) = waitForEvents()
            // What came beside the reason to wake is taken all the same: a timer that NIO comes to first may be its deadline.
            guard handOver(count), count > 0, !wasWoken else { return }
        } while mayWait(on: executor) && executor.now < end
    }

    /// Adds who is not among those waited for, and returns whether all are.
    private func register() -> Bool {
        if waitSet < 0 { renewSet() }
        for index in entries.indices where entries[index].registration == nil {
            let channel = entries[index].channel
            guard channel.isActive, let socket = channel.socket else { return false }
            // Not the number of an older entry, whose descriptor can be the same.
            lastRegistration &+= 1
            guard lastRegistration != Self.alarmRegistration else { return false }
            guard socket.join(waitSet, as: lastRegistration) else {
                // A copy of a closed descriptor may be open elsewhere, and in its place; or the system wants no more.
                renewSet()
                pausesLeft = Self.pauses
                return false
            }
            entries[index].registration = lastRegistration
        }
        return true
    }

    /// Waits until a socket has something to say or NIO is needed, and returns how many events there are.
    private func waitForEvents() -> (count: Int, wasWoken: Bool) {
        state.store(.waiting, ordering: .sequentiallyConsistent)
        let isAlone = leftToNIO.load(ordering: .sequentiallyConsistent) == 0
        let most = Int32(events.count)
        let count = isAlone ? smtp_wait_for_events(waitSet, events.baseAddress, most, waitMilliseconds) : 0
        let wasWoken = state.exchange(.busy, ordering: .sequentiallyConsistent) == .woken
        if wasWoken { smtp_alarm_reset(alarm) }
        if isAlone, !wasWoken, count == 0 { pausesLeft = Self.pauses }
        return (max(0, Int(count)), wasWoken)
    }

    /// Takes what the sockets have, and returns whether nothing of it is for NIO.
    private func handOver(_ count: Int) -> Bool {
        var isNIONeeded = false
        var isSetStale = false
        for event in events[..<count] {
            if event.registration == Self.alarmRegistration {
                // It was rung only after its reason had been seen.
                smtp_alarm_reset(alarm)
            } else if let entry = entries.first(where: { $0.registration == event.registration }) {
                if event.is_readable_only {
                    readable.append(entry.channel)
                } else {
                    // A connection that broke or hung up.
                    entry.channel.leaveToChannel()
                    isNIONeeded = true
                }
            } else {
                // A socket that was closed here and is still open in a process that inherited it.
                isSetStale = true
            }
        }
        if isSetStale { renewSet() }
        for channel in readable {
            if channel.receiveAtOnce(in: space) { receptions += 1 } else { isNIONeeded = true }
        }
        readable.removeAll(keepingCapacity: true)
        return !isNIONeeded
    }

    /// Starts a set with the alarm alone in it.
    private func renewSet() {
        if waitSet >= 0 { close(waitSet) }
        for index in entries.indices { entries[index].registration = nil }
        waitSet = smtp_wait_create()
        if waitSet >= 0, smtp_wait_add(waitSet, alarm, Self.alarmRegistration) != 0 {
            close(waitSet)
            waitSet = -1
        }
    }
}
