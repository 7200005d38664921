internal import Generators
internal import Raft

/// What survives a crash, and what has been written but not synced.
struct SimulatedDisk {
    private(set) var hard = HardState()
    private(set) var snapshot: Snapshot
    private(set) var entries: [Entry] = []
    private var written: [Effect] = []
    /// The first index that is new since it was last asked for.
    private var firstNew: LogIndex?

    init(_ members: Membership) {
        snapshot = Snapshot(
            index: 0, term: 0, membership: members, data: SimulatedMachine().data)
    }

    var log: Log { Log(snapshot: snapshot, entries: entries) }

    /// Writes what is not safe yet; a snapshot takes everything before it along.
    mutating func store(_ effect: Effect) {
        written.append(effect)
        if case .keepSnapshot = effect { sync() }
    }

    /// Makes all that was written safe.
    mutating func sync() {
        for effect in written { apply(effect) }
        written = []
    }

    /// The entries that have become safe since this was last asked, and the term before them.
    mutating func takeNew() -> (entries: [Entry], previous: Term)? {
        defer { firstNew = nil }
        guard let first = firstNew, let place = entries.firstIndex(where: { $0.index >= first })
        else { return nil }
        let previous = place == 0 ? snapshot.term : entries[place - 1].term
        return (Array(entries[place...]), previous)
    }

    /// Loses what was not safe, or any later part of it.
    ///
    /// - Returns: how many effects were lost, and whether an append was torn.
    mutating func crash(
        tornTailIsKept: Bool, using random: inout SplitMix64
    ) -> (lost: Int, isTorn: Bool) {
        defer { written = [] }
        guard !written.isEmpty else { return (0, false) }
        let kept = Int.random(in: 0...written.count, using: &random)
        for effect in written[..<kept] { apply(effect) }
        guard kept < written.count else { return (0, false) }
        guard case .append(let torn) = written[kept], let first = torn.first else {
            return (written.count - kept, false)
        }
        let whole = Int.random(in: 0..<torn.count, using: &random)
        apply(.append(Array(torn[..<whole])))
        if tornTailIsKept {
            let entry = torn.dropFirst(whole).first ?? first
            apply(.append([Entry(term: entry.term, index: entry.index, .nothing)]))
        }
        return (written.count - kept, true)
    }

    private mutating func apply(_ effect: Effect) {
        switch effect {
        case .keep(let state): hard = state
        case .truncate(let index): entries.removeAll { $0.index >= index }
        case .append(let new):
            entries += new
            firstNew = min(firstNew ?? .max, new.first?.index ?? .max)
        case .keepSnapshot(let newer, let droppingAll):
            snapshot = newer
            entries.removeAll { droppingAll || $0.index <= newer.index }
        default: break
        }
    }
}
