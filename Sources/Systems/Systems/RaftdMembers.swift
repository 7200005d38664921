internal import NIOCore
public import Topologies
internal import Wire
internal import WireNIO

/// Members and leaders of raftd, changed by its administration calls.
extension Raftd {
    /// Between two looks.
    private static let interval = Duration.milliseconds(20)
    /// A request that has not been followed by its effect is made again after this.
    private static let again = Duration.milliseconds(300)
    /// An answer for which nobody waits is there by then, if it is a refusal.
    private static let briefly = Duration.milliseconds(50)
    /// Of entries that a newcomer may lack when it gets its vote.
    private static let mostBehind: UInt64 = 100

    /// Looks at the leader and asks for what is missing, until the cluster is as it should be.
    ///
    /// - Throws: `MemberChangeError.timedOut` with the last that was seen.
    public func change(
        _ change: MemberChange, within limit: Duration
    ) async throws(MemberChangeError) -> String {
        let start = ContinuousClock.now
        var asked: (request: Request.Body, instant: ContinuousClock.Instant)?
        var lastly = "no leader was seen"
        while ContinuousClock.now - start < limit {
            let statuses = await statuses()
            if let leader = statuses.filter({ $0.role == .leader }).max(by: { $0.term < $1.term }) {
                switch Self.next(change, leader, statuses) {
                case .done(let words):
                    return "\(words) after \((ContinuousClock.now - start).formattedSeconds)"
                case .wait(let words): lastly = words
                case .askOnce(let request):
                    return await ask(request, of: leader.id, timeout: Self.briefly)
                case .ask(let request):
                    let isNew = asked.map {
                        $0.request != request || .now - $0.instant > Self.again
                    }
                    if isNew ?? true {
                        asked = (request, .now)
                        lastly = await ask(request, of: leader.id)
                    }
                }
            }
            try? await Task.sleep(for: Self.interval)
        }
        throw .timedOut(change, after: limit, lastly: lastly)
    }

    /// What is to be done next for a change.
    enum NextStep: Hashable {
        /// It is so; what was seen.
        case done(String)
        /// The leader is to be asked this.
        case ask(Request.Body)
        /// The leader is to be asked this, and then it is done, whatever becomes of it.
        case askOnce(Request.Body)
        /// It takes its time; what was seen.
        case wait(String)
    }

    /// What a change still needs, by what the leader says and what the others say.
    static func next(
        _ change: MemberChange, _ leader: ServerStatus, _ others: [ServerStatus]
    ) -> NextStep {
        let members =
            "n\(leader.id), leader of term \(leader.term), had the voters "
            + leader.voters.map { "n\($0)" }.joined(separator: " ")
        if case .dismiss = change {
            // It does not wait for the end of another change either.
        } else if !leader.outgoing.isEmpty {
            return .wait("\(members) and others on their way out")
        }
        switch change {
        case .remove(let node):
            let number = UInt64(node.number)
            guard leader.voters.contains(number) || leader.learners.contains(number) else {
                return .done(members)
            }
            return .ask(.removeMember(number))
        case .dismiss(let nodes): return dismissal(of: nodes, leader, members)
        case .add(let node):
            let number = UInt64(node.number)
            if leader.voters.contains(number) { return .done(members) }
            guard leader.learners.contains(number) else { return .ask(.addMember(number)) }
            guard let learner = others.first(where: { $0.id == number }),
                learner.applied + mostBehind >= leader.commit
            else { return .wait("\(node) lacks entries up to \(leader.commit)") }
            return .ask(.promoteMember(number))
        case .transferLeadership(let node):
            guard leader.id != UInt64(node.number) else {
                return .done("\(node) led in term \(leader.term)")
            }
            return .ask(.transferLeadership(to: UInt64(node.number)))
        }
    }

    private static func dismissal(
        of nodes: [NodeName], _ leader: ServerStatus, _ members: String
    ) -> NextStep {
        let numbers = Set(nodes.map { UInt64($0.number) })
        let voters = leader.voters.filter { !numbers.contains($0) }
        guard !voters.isEmpty else { return .wait("\(members), and none would be left") }
        return .askOnce(
            .changeMembers(
                voters: voters, learners: leader.learners.filter { !numbers.contains($0) }))
    }

    private func statuses() async -> [ServerStatus] {
        await withTaskGroup(of: ServerStatus?.self) { group in
            for link in monitors.values {
                group.addTask {
                    guard
                        case .status(let status)? = try? await link.send(
                            .status, timeout: Self.patience)
                    else { return nil }
                    return status
                }
            }
            return await group.reduce(into: []) { if let status = $1 { $0.append(status) } }
        }
    }

    /// Asks a node, and says what became of that.
    private func ask(
        _ request: Request.Body, of number: UInt64, timeout: Duration = Raftd.patience
    ) async -> String {
        guard let link = monitors[NodeName(number: Int(clamping: number))] else {
            return "n\(number) is none of the nodes"
        }
        do {
            return "n\(number) said \(try await link.send(request, timeout: timeout))"
        } catch {
            return "n\(number) did not answer: \(error)"
        }
    }
}
