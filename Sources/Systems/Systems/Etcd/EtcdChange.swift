public import Topologies

extension Etcd {
    /// Between two looks.
    private static let interval = Duration.milliseconds(50)

    /// Looks at the leader and asks for what is missing, until the cluster is as it should be.
    ///
    /// A node that is removed ends; one that is added must be started with an empty folder then.
    ///
    /// - Throws: `MemberChangeError.timedOut` with the last that was seen.
    public func change(
        _ change: MemberChange, within limit: Duration
    ) async throws(MemberChangeError) -> String {
        // Its members change one at a time.
        if case .dismiss = change { throw .unsupported(change) }
        let start = ContinuousClock.now
        var lastly = "no leader was seen"
        while ContinuousClock.now - start < limit {
            switch await look(change) {
            case .done(let words):
                return "\(words) after \((ContinuousClock.now - start).formattedSeconds)"
            case .notYet(let words): lastly = words
            }
            try? await Task.sleep(for: Self.interval)
        }
        throw .timedOut(change, after: limit, lastly: lastly)
    }

    private enum Look {
        case done(String)
        case notYet(String)
    }

    private func look(_ change: MemberChange) async -> Look {
        guard let (leader, term) = await leader(), let node = node(of: change) else {
            return .notYet("no leader was seen")
        }
        guard let members = await EtcdMembers.of(base(of: leader), monitor) else {
            return .notYet("\(leader.name) did not say who the members are")
        }
        let step = EtcdMemberStep(change, members, leader: peer(of: leader), of: peer(of: node))
        switch step {
        case .done:
            let names = topology.nodes.filter { members.member(at: peer(of: $0)) != nil }
            if case .add = change { note(newcomer: node, members) }
            return .done(
                "\(leader.name), leader of term \(term), had the members "
                    + names.map { "\($0.name)" }.joined(separator: " "))
        case .wait(let words): return .notYet(words)
        case .remove, .add, .transfer: return .notYet(await ask(step, of: leader))
        }
    }

    /// The claimant of the highest term.
    private func leader() async -> (node: Node, term: Int)? {
        await withTaskGroup(of: (node: Node, term: Int)?.self) { group in
            for node in topology.nodes {
                group.addTask {
                    guard let status = await EtcdStatus(of: base(of: node), monitor),
                        status.isLeader, let term = status.term
                    else { return nil }
                    return (node, term)
                }
            }
            return await group.reduce(into: nil) { best, next in
                if let next, next.term > best?.term ?? -1 { best = next }
            }
        }
    }

    private func node(of change: MemberChange) -> Node? {
        switch change {
        case .remove(let name), .add(let name), .transferLeadership(let name):
            topology.nodes.first { $0.name == name }
        case .dismiss: nil
        }
    }

    /// Asks the leader, and says what became of that.
    private func ask(_ step: EtcdMemberStep, of leader: Node) async -> String {
        guard let (path, body) = step.request else { return "nothing was asked" }
        do {
            let reply = try await monitor.post(base(of: leader) + path, body, timeout: .seconds(2))
            return "\(leader.name) said \(EtcdGateway.quote(reply.body))"
        } catch {
            return "\(leader.name) did not answer: \(HTTPLink.completion(of: error))"
        }
    }

    /// A newcomer must name exactly the members that there are.
    private func note(newcomer node: Node, _ members: EtcdMembers) {
        newcomers.note(
            node.name,
            cluster: topology.nodes.filter { members.member(at: peer(of: $0)) != nil }
                .map { "\($0.name)=\(peer(of: $0))" })
    }
}
