// Log compaction (§7): what has been applied can be kept as a state instead of entries, and is
// sent as such to whoever lacks entries that are gone.
extension Server {
    /// The state as of an applied index with what belongs to it; nil if the log does not reach
    /// there, or no more.
    public func snapshot(upTo index: LogIndex, _ data: [UInt8]) -> Snapshot? {
        guard index <= commit, let term = log.term(at: index) else { return nil }
        return Snapshot(
            index: index, term: term, membership: log.membership(asOf: index), data: data)
    }

    /// Drops the entries up to an applied index, whose state has been saved.
    mutating func compact(upTo index: LogIndex, _ data: [UInt8]) {
        guard index > log.snapshot.index, let snapshot = snapshot(upTo: index, data) else { return }
        log.restore(snapshot)
        effects.append(.keepSnapshot(snapshot, droppingAll: false))
    }

    /// Sends the next part of the snapshot, one at a time.
    mutating func sendSnapshot(to server: ServerID, _ progress: inout Progress) {
        let snapshot = log.snapshot
        var offset = 0
        if case .snapshot(snapshot.index, let sent) = progress.mode {
            offset = sent
            // Once it is taken for lost, the part is sent again.
            guard progress.window.isEmpty else { return }
        }
        progress.mode = .snapshot(index: snapshot.index, offset: offset)
        progress.window.begin(snapshot.index)
        let end = min(snapshot.data.count, offset + options.snapshotPartSize)
        let head = Snapshot(
            index: snapshot.index, term: snapshot.term, membership: snapshot.membership, data: [])
        send(
            .snapshotPart(
                SnapshotPart(
                    head: head, offset: offset, bytes: Array(snapshot.data[offset..<end]),
                    isLast: end == snapshot.data.count)), to: server)
    }

    /// The follower has a part.
    mutating func snapshotReceived(_ server: ServerID, _ index: LogIndex, _ bytes: Int) {
        guard case .leader(let leadership) = role, var progress = leadership.progress[server]
        else { return }
        progress.isHeard = true
        if case .snapshot(index, _) = progress.mode, index == log.snapshot.index {
            progress.mode = .snapshot(
                index: index, offset: min(max(bytes, 0), log.snapshot.data.count))
        }
        progress.window.removeAll()
        withLeadership { $0.progress[server] = progress }
        sendEntries(to: server)
    }

    /// The snapshot that a part would complete, so that an embedder can look at it before the
    /// server takes it; nil for a part that is not the last, or does not fit.
    public func completed(by part: SnapshotPart) -> Snapshot? {
        guard part.isLast, part.head.index > commit else { return nil }
        let known = incoming?.head == part.head && part.offset > 0 ? incoming?.data ?? [] : []
        guard known.count == part.offset else { return nil }
        return Snapshot(
            index: part.head.index, term: part.head.term, membership: part.head.membership,
            data: known + part.bytes)
    }

    /// Takes a part of a snapshot from the leader of the present term.
    mutating func take(_ part: SnapshotPart, from leader: ServerID) {
        // An older snapshot than what is committed here brings nothing.
        guard rules.isNewer(part.head.index, than: commit) else {
            incoming = nil
            send(.matched(commit, round: 0), to: leader)
            return
        }
        if incoming?.head != part.head || part.offset == 0 { incoming = (part.head, []) }
        guard let known = incoming?.data.count, known == part.offset else {
            send(
                .snapshotReceived(index: part.head.index, bytes: incoming?.data.count ?? 0),
                to: leader)
            return
        }
        incoming?.data += part.bytes
        guard part.isLast, let data = incoming?.data else {
            send(
                .snapshotReceived(index: part.head.index, bytes: known + part.bytes.count),
                to: leader)
            return
        }
        incoming = nil
        install(
            Snapshot(
                index: part.head.index, term: part.head.term, membership: part.head.membership,
                data: data))
        send(.matched(commit, round: 0), to: leader)
    }

    /// Replaces the state, and the log with its members, by a snapshot (figure 13, steps 5 to 8).
    private mutating func install(_ snapshot: Snapshot) {
        let own = log.term(at: snapshot.index)
        let keepsRest = rules.keepsRest(own: own, snapshot: snapshot.term)
        let snapshot = Snapshot(
            index: snapshot.index, term: snapshot.term,
            membership: rules.membership(of: snapshot, after: log.snapshot), data: snapshot.data)
        log.restore(snapshot, keepingRest: keepsRest)
        commit = snapshot.index
        persisted = keepsRest ? max(persisted, commit) : commit
        effects.append(.keepSnapshot(snapshot, droppingAll: !keepsRest))
        effects.append(.restore(snapshot))
        let ready = waitingReads.filter { $0.index <= commit }
        waitingReads.removeAll { $0.index <= commit }
        for read in ready {
            effects.append(.readable(request: read.request, index: read.index))
        }
    }
}
