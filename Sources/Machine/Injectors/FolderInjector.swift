public import Faults
internal import Labs
internal import Topologies

extension FolderDamage: Injectable {
    /// Kills the nodes and damages what they have on disk.
    public func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection {
        if kind == .wipe { try site.requireMinority(nodes) }
        try await site.requireRunning(nodes)
        var damage: [NodeName: ActiveDamage.Done] = [:]
        for node in nodes {
            try await site.process(of: node).kill()
            await site.disks.unmount(node)
            let folder = DataFolder(site.folder(of: node))
            switch kind {
            case .corrupt:
                let seed = site.disks.seed(of: number, on: node)
                damage[node] = try folder.corrupt(seed: seed, in: place).map { .corrupted($0) }
            case .wipe: damage[node] = .wiped(try folder.wipe())
            }
        }
        return ActiveDamage(nodes: nodes, damage: damage, site: site)
    }
}

private struct ActiveDamage: Injection {
    /// What was done to a node's files.
    enum Done: Sendable {
        case corrupted(FileDamage)
        case wiped(String)
    }

    /// What became of a node that was started on that.
    private enum Answer {
        case ended(String)
        case served
        case silent
    }

    let nodes: [NodeName]
    let damage: [NodeName: Done]
    let site: any FaultSite

    /// A node that has neither ended nor served by then is not let in.
    private static let patienceWhenBlank = Duration.seconds(4)
    /// One that has neither ended nor served by then hangs; less could catch it at work on its files.
    private static let patienceWhenDamaged = Duration.seconds(15)

    func heal() async throws -> Evidence {
        var checks: [FaultRecord.Check] = []
        for node in nodes {
            switch damage[node] {
            case .corrupted(let file): checks += try await startDamaged(node, file)
            case .wiped(let words): checks += try await startBlank(node, words)
            case nil:
                try await site.restart(node)
                checks.append(
                    FaultRecord.Check(
                        "a file of \(node) was damaged", false, "it had not written any"))
            }
        }
        return Evidence(checks)
    }

    /// What the node serves is judged with all else; until it has ended once, it may end of the
    /// damage at any time.
    private func startDamaged(
        _ node: NodeName, _ file: FileDamage
    ) async throws -> [FaultRecord.Check] {
        let exits = await site.process(of: node).unaskedExits.count
        site.disks.permits.grant(node)
        site.damage.note(startedOn: file.summary, node)
        try await site.restart(node)
        let answer = try await answer(of: node, within: Self.patienceWhenDamaged)
        let seen: String
        switch answer {
        case .served:
            site.damage.note(file, in: node, exits: exits)
            seen = "it served"
        case .ended, .silent: seen = try await mend(node, file, answer)
        }
        return [
            FaultRecord.Check("a file of \(node) was damaged", true, file.summary),
            FaultRecord.Check("\(node) was started on it", true, seen),
        ]
    }

    private func mend(
        _ node: NodeName, _ file: FileDamage, _ answer: Answer
    ) async throws -> String {
        var seen = "it neither ended nor served, and was killed"
        if case .ended(let how) = answer {
            seen = "it refused, and ended (\(how))"
        } else {
            await end(node)
        }
        await site.disks.unmount(node)
        // The latest first, for it may lie over an earlier one.
        var isUndone = try file.undo()
        if try site.damage.undo(in: node) { isUndone = true }
        if !isUndone, case .ended = answer { site.damage.note(refusing: node) }
        try await site.restart(node)
        return seen
            + (isUndone ? "; the damage was taken back" : "; it had written over the damage")
    }

    /// Whoever serves now says that it remembers, and cannot.
    private func startBlank(
        _ node: NodeName, _ words: String
    ) async throws -> [FaultRecord.Check] {
        site.damage.note(blank: node)
        site.disks.permits.grant(node)
        try await site.restart(node)
        let folder = DataFolder(site.folder(of: node))
        let seen: String
        switch try await answer(of: node, within: Self.patienceWhenBlank) {
        case .served where site.wipedNodesMayServe, .silent where site.wipedNodesMayServe:
            // One that has not come so far yet gets what it lacks from others.
            try folder.forgetOriginal()
            seen = "it may serve with what others give it"
        case .served:
            try folder.forgetOriginal()
            site.damage.note(impostor: node, words, at: site.now())
            seen = "it served"
        case .ended(let how):
            try await restore(node, folder)
            seen = "it refused, and ended (\(how)); it got its files back"
        case .silent:
            await end(node)
            try await restore(node, folder)
            seen = "it was not let in, and got its files back"
        }
        return [
            FaultRecord.Check("the folder of \(node) was emptied", true, words),
            FaultRecord.Check("\(node) was started on it", true, seen),
        ]
    }

    /// Ends a node that does neither; it may have ended a moment ago.
    private func end(_ node: NodeName) async { _ = try? await site.process(of: node).kill() }

    private func restore(_ node: NodeName, _ folder: DataFolder) async throws {
        await site.disks.unmount(node)
        try folder.restore()
        site.damage.note(whole: node)
        try await site.restart(node)
    }

    private func answer(of node: NodeName, within patience: Duration) async throws -> Answer {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if case .down = await site.process(of: node).state {
                let exit = await site.process(of: node).unaskedExits.last
                return .ended(exit.map { "\($0.status)" } ?? "unknown")
            }
            if await site.serves(node) { return .served }
            try await Task.sleep(for: .milliseconds(50))
        }
        return .silent
    }

    func recovered(serving: Set<NodeName>) -> [FaultRecord.Check] {
        for node in nodes where !site.damage.isDamaged(node) { site.disks.permits.revoke(node) }
        let back = nodes.filter(serving.contains)
        return [
            FaultRecord.Check("the node answered again", back == nodes, "answered: \(back)")
        ]
    }
}
