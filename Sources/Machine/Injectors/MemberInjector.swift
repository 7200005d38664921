public import Faults
internal import Labs
public import Topologies

/// A cluster that other faults strike as well needs a majority before it can change.
private let removalLimit = Duration.seconds(5)
/// By then other faults have been healed, and the nodes have found a leader.
private let additionLimit = Duration.seconds(30)
/// A node that was removed hears of it, and ends, within this time, or is ended.
private let farewell = Duration.seconds(3)

extension FaultSite {
    /// Has a node be a member again, as the system wants it: with the log that it has, or as a new
    /// one that has nothing.
    fileprivate func readmit(_ node: NodeName) async throws -> String {
        active.note(node, isOutside: true)
        if readmitsAfresh {
            // Only of a node that is certainly out may the folder go.
            _ = try await change(.remove(node), within: additionLimit)
            await end(node, after: farewell)
            await disks.unmount(node)
            try DataFolder(folder(of: node)).clear()
        }
        let words = try await change(.add(node), within: additionLimit)
        if readmitsAfresh { try await startNewcomer(node) }
        active.note(node, isOutside: false)
        return words
    }

    /// Has nodes be members again that could not be made so while other faults lasted: one that is
    /// none by the harness's own doing cannot be called silent.
    ///
    /// - Returns: why not, for those that cannot be made so now either.
    public func readmitOutsiders() async -> [NodeName: String] {
        var reasons: [NodeName: String] = [:]
        for node in active.outsiders.sorted() {
            do { _ = try await readmit(node) } catch { reasons[node] = "\(error)" }
        }
        return reasons
    }

    /// Starts a node until it serves: one that finds nobody who tells it of the cluster may end.
    private func startNewcomer(_ node: NodeName) async throws {
        let deadline = ContinuousClock.now + additionLimit
        try await restart(node)
        while ContinuousClock.now < deadline, !(await serves(node)) {
            if case .down = await process(of: node).state { try await restart(node) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Waits until a node ends by itself, and ends it if it does not.
    fileprivate func end(_ node: NodeName, after patience: Duration) async {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if case .down = await process(of: node).state { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
        // It may have ended a moment ago.
        _ = try? await process(of: node).kill()
    }
}

extension MemberRemoval: Injectable {
    /// Removes one after the other; each is out before the next is asked for.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        if site.readmitsAfresh {
            try await site.requireRunning(nodes)
            // They will end, so that nobody else can freeze or kill them.
            guard site.active.take(nodes, for: number) else {
                throw InjectionError.membersKept("another fault had \(nodes)")
            }
            for node in nodes { site.disks.permits.grant(node) }
        }
        var seen: [String] = []
        for (place, node) in nodes.enumerated() {
            do {
                seen.append(try await site.change(.remove(node), within: removalLimit))
            } catch {
                // A change that came too late for us may still come: whatever it was, undo it.
                for node in nodes[...place] { _ = try? await site.readmit(node) }
                throw InjectionError.membersKept("\(error)")
            }
        }
        if site.readmitsAfresh { for node in nodes { await site.end(node, after: farewell) } }
        return ActiveRemoval(
            nodes: nodes, demand: "the members were without it", seen: seen, site: site)
    }
}

extension MemberDismissal: Injectable {
    /// Returns when the leader has been asked, whatever it has said.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        guard !site.readmitsAfresh else {
            throw InjectionError.membersKept("this system's members end when they are removed")
        }
        do {
            let words = try await site.change(.dismiss(nodes), within: removalLimit)
            return ActiveRemoval(
                nodes: nodes, demand: "the leader was asked", seen: [words], site: site)
        } catch {
            throw InjectionError.membersKept("\(error)")
        }
    }
}

extension MemberReplacement: Injectable {
    /// Kills the nodes, and takes away what they have on disk.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        try site.requireMinority(nodes)
        try await site.requireRunning(nodes)
        var seen: [String] = []
        for node in nodes {
            try await site.process(of: node).kill()
            await site.disks.unmount(node)
            let folder = DataFolder(site.folder(of: node))
            seen.append(try folder.wipe())
            try folder.forgetOriginal()
            site.disks.permits.grant(node)
        }
        return ActiveRemoval(
            nodes: nodes, demand: "the folder was gone", seen: seen, site: site)
    }
}

private struct ActiveRemoval: Injection {
    let nodes: [NodeName]
    let demand: String
    let seen: [String]
    let site: any FaultSite

    func heal() async throws -> Evidence {
        var checks = [FaultRecord.Check(demand, true, seen.joined(separator: "; "))]
        for node in nodes {
            do {
                let words = try await site.readmit(node)
                checks.append(FaultRecord.Check("\(node) was a member again", true, words))
            } catch {
                checks.append(FaultRecord.Check("\(node) was a member again", false, "\(error)"))
            }
        }
        return Evidence(checks)
    }

    func recovered(serving: Set<NodeName>) -> [FaultRecord.Check] {
        if site.readmitsAfresh { for node in nodes { site.disks.permits.revoke(node) } }
        let back = nodes.filter(serving.contains)
        return [FaultRecord.Check("the node answered again", back == nodes, "answered: \(back)")]
    }
}

extension LeadershipTransfer: Injectable {
    /// Returns when the node leads.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        do {
            return ActiveTransfer(
                seen: try await site.change(.transferLeadership(to: target), within: removalLimit))
        } catch {
            throw InjectionError.membersKept("\(error)")
        }
    }
}

private struct ActiveTransfer: Injection {
    let seen: String

    func heal() async throws -> Evidence {
        Evidence([FaultRecord.Check("the node led at the leader's word", true, seen)])
    }
}
