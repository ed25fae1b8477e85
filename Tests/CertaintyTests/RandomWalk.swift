import SMTPClient
import SMTPSession
import SMTPTesting
import SMTPTransport
import Synchronization

/// One simulated world with everything that can go wrong at once, all of it drawn from a seed.
struct RandomWalk: Sendable {
    let seed: UInt64
    let kind: SessionKind
    private let connectionCount: Int
    private let faults: [[NetworkFault]]
    private let script: SinkScript
    private let options: PipeOptions

    /// After so many steps of the executor the task of this number is cancelled.
    private let cancellations: [(task: Int, steps: Int)]
    private let timeouts: SMTPTimeouts
    private let deadline: Duration?

    /// How many others ask for a command, before the messages and behind them.
    private let neighbourCounts: (before: Int, behind: Int)
    private let window: DeliveryWindow

    /// What a refused recipient means for the others, for each message of a connection.
    private let policies: [RecipientPolicy]

    /// In how many chunks a content goes.
    private let chunkCount: Int

    /// Whether octets are changed on the way, so that nothing in clear can be believed.
    private let isChanged: Bool

    /// Whether nothing stands in the way of the messages.
    private var isUndisturbed: Bool { isCalm && cancellations.isEmpty }

    /// Whether network and server do as they should.
    private let isCalm: Bool

    /// Whether the server says something on the idle connection in the end, by a network that carries it at once.
    private let isAddressed: Bool

    init(seed: UInt64) {
        self.seed = seed
        var generator = SeededGenerator(seed: seed)
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        // Handshakes take most of the time: one session in thirty has one.
        let others = SessionKind.walked.filter { $0 != .startTLS }
        kind = chance(3) ? .startTLS : others[number(0...(others.count - 1))]
        connectionCount = number(1...2)
        let isTLS = kind == .startTLS
        let isCalm = chance(15)
        self.isCalm = isCalm
        isChanged = !isCalm && chance(10)
        let octets = isTLS ? 6000 : 500
        let changes = isChanged
        var faults = (0..<connectionCount).map { _ in
            let count = isCalm ? 0 : Int.random(in: 0...3, using: &generator)
            return NetworkFault.random(count, within: octets, changesOctets: changes, using: &generator)
        }
        let hasFaults = faults.contains { !$0.isEmpty }
        var options = PipeOptions()
        // With a pipe this short a client cannot have handed over a content when its first octet arrives.
        let isNarrow = chance(5)
        if isNarrow || chance(30) { options.capacity = number(1...(isNarrow ? 3 : 200)) }
        switch number(0...9) {
        case 0: options.fragmentation = .byByte
        case 1: options.fragmentation = .random(seed: seed)
        case 2: options.fragmentation = .byLine
        default: break
        }
        self.options = options
        // A reply too many is noticed if it comes with the one before it, and nothing has been sent ahead.
        let isUnfragmented = options == PipeOptions() && !hasFaults
        let isNoticed = isUnfragmented && (kind == .plain || kind == .startTLS)
        let rate = Double(number(0...25)) / 100
        var script = isCalm ? SinkScript() : .random(seed: seed, rate: rate, speaksOutOfTurn: isNoticed)
        if isNarrow, !isCalm, !isTLS {
            script.on(.contentOctets(1), occurrence: number(1...3), .raw("250 2.0.0 already\r\n").thenClose())
        }
        self.script = chance(5) && !isCalm ? Self.stubborn(script) : script
        let isCancelled = chance(40)
        cancellations = (0..<(isCancelled ? 3 : 0)).map { _ in
            let latest = [10, 150].randomElement(using: &generator) ?? 150
            return (Int.random(in: 0...4, using: &generator), Int.random(in: 0...latest, using: &generator))
        }
        timeouts = chance(50) ? SMTPTimeouts() : SMTPTimeouts(all: .seconds(number(1...300)))
        deadline = chance(20) ? .seconds(number(1...1000)) : nil
        neighbourCounts = (number(0...1), number(0...1))
        window = chance(50) ? DeliveryWindow() : DeliveryWindow(messages: number(1...4), octets: number(1...100))
        policies = (0..<3).map { _ in chance(25) ? .allOrNothing : .anyAccepted }
        let mayBeLong = (kind == .chunked || kind == .streaming) && options == PipeOptions()
        chunkCount = mayBeLong && chance(10) ? number(2...3) : 1
        // They lie anywhere in it, and not only in its beginning.
        for index in faults.indices where chunkCount > 1 {
            for place in faults[index].indices { faults[index][place].after *= number(1...400) }
        }
        self.faults = faults
        isAddressed = !hasFaults && chance(20)
    }

    /// The script of a server that refuses RSET, and one of two recipients, so that what is given up stays open.
    private static func stubborn(_ script: SinkScript) -> SinkScript {
        var stubborn = script
        stubborn.decide = { moment, regular in
            if moment.verb == "RSET" { return .reply(500, "5.5.1 never heard of it") }
            let isSecond = moment.verb == "RCPT" && moment.address?.hasSuffix(".1@x.example") ?? false
            return isSecond ? .reply(550, "5.1.1 nobody") : script.decide?(moment, regular)
        }
        return stubborn
    }

    /// Walks, and compares what was reported with the truth.
    func verdict() throws -> Verdict {
        var server = try kind.server()
        let watch = ServerWatch()
        server.script = watch.watching(script)
        let simulation = Simulation(seed: seed, server: server)
        let clients = (0..<connectionCount).map { client($0) }
        let reports = try simulation.run {
            var running: [Task<SessionReports, Never>] = []
            // Long contents would fill the pipe, and short pipes are full at once.
            let hasRoom = chunkCount == 1 && options.capacity == PipeOptions().capacity
            let number = hasRoom ? Int(seed % 150) : 0
            for (index, client) in clients.enumerated() {
                let transport = simulation.connect(faults[index], options: options)
                running.append(
                    Task(executorPreference: simulation.executor) { await client.run(over: transport, number: number) }
                )
            }
            var all = SessionReports()
            for task in running {
                let reports = await task.value
                all.outcomes.merge(reports.outcomes) { $0 + $1 }
                all.handedOver.formUnion(reports.handedOver)
                all.isDeaf = all.isDeaf || reports.isDeaf
            }
            return all
        }
        var aftermath = simulation.aftermath
        aftermath.keptOpen = watch.keptOpen
        var verdict = Verdict(
            "seed \(seed), \(kind)",
            clients.flatMap(\.messages),
            reports,
            in: aftermath,
            // TLS notices what was changed on the way; in clear it is believed.
            isBelieved: !isChanged || kind == .startTLS
        )
        judge(&verdict, watch, reports)
        return verdict
    }

    /// Adds what is wrong and no report tells.
    private func judge(_ verdict: inout Verdict, _ watch: ServerWatch, _ reports: SessionReports) {
        if isUndisturbed, let word = verdict.words.first(where: { $0 != "accepted" }) {
            verdict.add("nothing stood in the way, and a recipient is \(word)")
        }
        guard !isChanged else { return }
        if watch.nestedCount > 0 { verdict.add("MAIL came while a transaction was open") }
        if reports.isDeaf { verdict.add("a reply that nobody asked for came, and the connection goes on") }
    }

    private func client(_ index: Int) -> SessionClient {
        var messages = TestMessage.several(kind, first: 3 * index)
        // What goes to all or to nobody is not divided.
        for index in messages.indices where !kind.isDivided || messages[index].recipientCount == 1 {
            messages[index].policy = policies[index]
        }
        messages[0].chunkCount = chunkCount
        var client = SessionClient(kind: kind, messages: messages)
        client.window = window
        client.lingers = isAddressed
        client.configure = { [timeouts, deadline] configuration in
            configuration.channel.timeouts = timeouts
            configuration.channel.deadline = deadline
        }
        client.precede = { [neighbourCounts] in Self.neighbours(neighbourCounts.before, on: $0) }
        client.disturb = { [cancellations, neighbourCounts] tasks, channel in
            let neighbours = Self.neighbours(neighbourCounts.behind, on: channel)
            var passed = 0
            let all = tasks + neighbours
            for cancellation in cancellations.sorted(by: { $0.steps < $1.steps }) {
                while passed < cancellation.steps {
                    await Task.yield()
                    passed += 1
                }
                all[cancellation.task % all.count].cancel()
            }
            for neighbour in neighbours { await neighbour.value }
        }
        return client
    }

    /// Tasks that ask for a command each.
    private static func neighbours(_ count: Int, on channel: CommandChannel) -> [Task<Void, Never>] {
        (0..<count).map { _ in Task(executorPreference: channel.executor) { _ = try? await channel.noop() } }
    }
}
