internal import Faults
internal import Injectors
internal import Labs
internal import Results
internal import Synchronization
internal import Systems
internal import Topologies

/// Asks every node again and again what it is, and notes what has changed.
final class NodeWatch: Sendable {
    private static let interval = Duration.milliseconds(50)
    /// After the harness stood still, nodes have this time to come to rest again.
    private static let stillness = Duration.seconds(5)

    private let cluster: Cluster
    private let clock: RunClock
    private let changes = Mutex<[NodeObservation]>([])
    private let lag = Mutex(Lag())
    private let checks = Mutex(NodeChecks())
    private let quiet = Mutex(true)
    private let elections: Mutex<QuietElections>
    private let loneElections: Mutex<LoneElections>
    private let stubborn = Mutex(StubbornLeaders())
    private let loneLeaders: Mutex<LoneLeaders>
    private let found = Mutex<[Finding]>([])
    private let claims = Mutex(0)
    private let latest: Mutex<[NodeName: ClusterView.Member]>

    private let tally: Tally
    private let judge: EarlyJudge

    init(_ cluster: Cluster, clock: RunClock, tally: Tally, judge: EarlyJudge) {
        self.judge = judge
        loneElections = Mutex(LoneElections(nodes: cluster.nodes.count))
        loneLeaders = Mutex(
            LoneLeaders(nodes: cluster.nodes.count, electionTimeout: cluster.electionTimeout))
        elections = Mutex(QuietElections(electionTimeout: cluster.electionTimeout))
        self.cluster = cluster
        self.clock = clock
        self.tally = tally
        latest = Mutex(
            Dictionary(uniqueKeysWithValues: cluster.nodes.map { ($0.name, .init()) }))
    }

    /// What nodes said that cannot be true together.
    var contradictions: [Finding] { found.withLock { $0 } }

    /// What each node last said of itself.
    var members: [NodeName: ClusterView.Member] { latest.withLock { $0 } }

    /// The claimant of the highest term, as far as it has been seen.
    var leader: ClusterView.Leader? {
        var view = ClusterView(time: clock.now, nodes: [])
        view.members = members
        return view.leader
    }

    /// What has changed so far, by time.
    var observations: [NodeObservation] {
        changes.withLock { $0 }.sorted { ($0.time, $0.node) < ($1.time, $1.node) }
    }

    /// Watches until the task is cancelled; each node has its own pace, for one that is frozen
    /// answers late or never.
    func watch() async {
        await withTaskGroup { group in
            for node in cluster.nodes { group.addTask { await self.watch(node) } }
            group.addTask { await self.watchEnds() }
        }
    }

    private func watch(_ node: Node) async {
        var last: NodeObservation?
        while !Task.isCancelled {
            let asked = clock.now
            let state = await cluster.process(of: node.name).state
            let process = Self.word(state)
            let isBlank = cluster.damage.isBlank(node.name)
            let status = process == .up ? await cluster.system.status(of: node) : nil
            guard !Task.isCancelled else { return }
            note(status, process: process, of: node.name)
            // An answer that a restart crossed may be that of either life.
            if let status, !isBlank, case .up(let number) = state,
                await cluster.process(of: node.name).state == state
            {
                check(
                    NodeStatement(
                        node: node.name, process: number, time: asked, status: status))
            }
            let observation = NodeObservation(
                node: node.name, time: asked / .seconds(1), process: process,
                role: status.map { $0.isLeader ? .leader : .other }, term: status?.term,
                lags: lags(status, asked: asked))
            if last.map({ Self.differ($0, observation) }) ?? true {
                changes.withLock { $0.append(observation) }
                tally.note(
                    leader: LeaderSpan.all(in: observations).last.flatMap { span in
                        span.end == nil ? span : nil
                    })
                last = observation
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Notes whether any fault lasts, or has nodes that do not serve again yet; and whether there is
    /// none of them but that leadership is handed over.
    func note(isQuiet: Bool, isUndisturbed: Bool) {
        quiet.withLock { $0 = isQuiet }
        if !isUndisturbed { stubborn.withLock { $0.disturb(at: clock.now) } }
    }

    /// Nothing is quiet while the harness stands still: nodes are starved then as well.
    private func checkElections() {
        let isQuiet = quiet.withLock { $0 } && !cluster.stoodStill(within: Self.stillness)
        let term = members.values.compactMap(\.term).max()
        let finding = elections.withLock {
            $0.note(term: term, at: clock.now, isQuiet: isQuiet)
        }
        guard let finding else { return }
        found.withLock { $0.append(finding) }
        judge.tell(finding)
    }

    /// Tells of processes that ended, of panics, of replies without sense and of elections without
    /// end.
    private func watchEnds() async {
        while !Task.isCancelled {
            for finding in await cluster.findingsSoFar() { judge.tell(finding) }
            checkElections()
            try? await Task.sleep(for: Self.interval)
        }
    }

    private func check(_ statement: NodeStatement) {
        let findings =
            checks.withLock { $0.note(statement) }.map(cluster.damage.finding)
            + leadership(statement)
        found.withLock { $0 += findings }
        for finding in findings { judge.tell(finding) }
    }

    /// What its term and its claim to lead say beside those of others.
    private func leadership(_ statement: NodeStatement) -> [Finding] {
        let (node, status, time) = (statement.node, statement.status, statement.time)
        guard status.termIsRaftsOwn, let term = status.term else { return [] }
        let alone =
            cluster.asksBeforeElections
            ? loneElections.withLock { $0.note(node, term: term, at: time) } : nil
        if cluster.stoodStill(within: Self.stillness) {
            stubborn.withLock { $0.disturb(at: clock.now) }
            loneLeaders.withLock { $0.disturb() }
        }
        let stubborn = stubborn.withLock {
            $0.note(node, term: term, isLeader: status.isLeader, at: time)
        }
        let left =
            cluster.leadersCountAnswers
            ? loneLeaders.withLock {
                $0.note(node, term: term, isLeader: status.isLeader, at: time)
            } : nil
        return [alone, stubborn, left].compactMap(\.self)
    }

    /// Whether a node is behind the others; nil where it does not say what it has applied.
    private func lags(_ status: NodeStatus?, asked: Duration) -> Bool? {
        status?.appliedIndex.map { applied in
            lag.withLock { $0.note(applied, asked: asked, answered: clock.now) }
        }
    }

    /// A node that is frozen or silent is what it last said; one whose process ended is nothing.
    private func note(_ status: NodeStatus?, process: NodeObservation.Process, of node: NodeName) {
        latest.withLock { latest in
            latest[node]?.isRunning = process == .up
            latest[node]?.role = status.map(Self.role)
            if process == .down { latest[node]?.claim = nil }
            guard let status else { return }
            let before = latest[node]?.claim
            latest[node]?.claim = status.isLeader ? status.term ?? before ?? nextClaim() : nil
            latest[node]?.term = status.term
            latest[node]?.applied = status.appliedIndex
            latest[node]?.snapshot = status.snapshot
        }
    }

    /// Where nodes tell no terms, a new claim to lead is higher than all that were there before.
    private func nextClaim() -> Int {
        claims.withLock { claims in
            claims += 1
            return claims
        }
    }

    private static func role(_ status: NodeStatus) -> ClusterView.Role {
        switch status.role {
        case .candidate: .candidate
        case .learner: .learner
        case .leader, .follower, nil: status.isLeader ? .leader : .follower
        }
    }

    private static func differ(
        _ one: NodeObservation, _ other: NodeObservation
    ) -> Bool {
        (one.process, one.role, one.term, one.lags)
            != (other.process, other.role, other.term, other.lags)
    }

    private static func word(_ state: NodeProcess.State) -> NodeObservation.Process {
        switch state {
        case .up: .up
        case .paused: .paused
        case .down: .down
        }
    }
}
