/// The log: a snapshot of its beginning, and the entries behind that.
///
/// Invariant: entries stand at consecutive indexes, from the one behind the snapshot's on, and
/// their terms never decrease.
public struct Log: Hashable, Sendable {
    /// What has been compacted away.
    public private(set) var snapshot: Snapshot
    /// What stands behind it.
    public private(set) var entries: [Entry]
    /// Where entries about members stand.
    private var memberIndexes: [LogIndex] = []

    /// The log of a cluster that begins with these members, or what a server kept.
    public init(snapshot: Snapshot, entries: [Entry] = []) {
        self.snapshot = snapshot
        self.entries = entries
        memberIndexes = entries.filter(\.isMembership).map(\.index)
    }

    /// The last index; the snapshot's if no entry stands behind it.
    public var lastIndex: LogIndex { entries.last?.index ?? snapshot.index }
    /// The term there.
    public var lastTerm: Term { entries.last?.term ?? snapshot.term }

    /// The term at an index; nil if it is compacted away or has not come yet.
    public func term(at index: LogIndex) -> Term? {
        index == snapshot.index ? snapshot.term : entry(at: index)?.term
    }

    /// The entry at an index; nil if it is compacted away or has not come yet.
    public func entry(at index: LogIndex) -> Entry? {
        guard index > snapshot.index, index <= lastIndex else { return nil }
        return entries[Int(index - snapshot.index - 1)]
    }

    /// The entries of a range, as far as they are there.
    func entries(from first: LogIndex, through last: LogIndex) -> ArraySlice<Entry> {
        guard first > snapshot.index, first <= last, first <= lastIndex else { return [] }
        let start = Int(first - snapshot.index - 1)
        return entries[start..<Int(min(last, lastIndex) - snapshot.index)]
    }

    /// The members as the last entry about them says, committed or not (§6), and its index.
    var membership: (value: Membership, index: LogIndex) {
        let index = memberIndexes.last ?? snapshot.index
        return (membership(asOf: index), index)
    }

    /// The members as of an index.
    func membership(asOf index: LogIndex) -> Membership {
        if let place = memberIndexes.last(where: { $0 <= index }),
            case .membership(let value)? = entry(at: place)?.payload
        {
            return value
        }
        return snapshot.membership
    }

    /// The first index of the run of entries of one term that ends here, as far as it is there.
    func firstIndex(ofTermAt index: LogIndex) -> LogIndex {
        guard let term = term(at: index) else { return snapshot.index + 1 }
        var first = index
        while first > snapshot.index + 1, self.term(at: first - 1) == term { first -= 1 }
        return first
    }

    /// The last index of a term; nil if no entry has it.
    func lastIndex(ofTerm term: Term) -> LogIndex? {
        entries.last { $0.term <= term }.flatMap { $0.term == term ? $0.index : nil }
    }

    // MARK: Changes

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        if entry.isMembership { memberIndexes.append(entry.index) }
    }

    mutating func removeEntries(from index: LogIndex) {
        guard index <= lastIndex else { return }
        entries.removeSubrange(Int(index - snapshot.index - 1)...)
        memberIndexes.removeAll { $0 >= index }
    }

    /// Takes a snapshot in place of everything that it covers; what stands behind stays if the
    /// entry at its end is the same, and goes if not (§7, figure 13, steps 6 and 7).
    mutating func restore(_ newer: Snapshot) {
        restore(newer, keepingRest: term(at: newer.index) == newer.term)
    }

    /// Takes a snapshot in place of everything that it covers, and of the rest if that goes.
    mutating func restore(_ newer: Snapshot, keepingRest: Bool) {
        if keepingRest, newer.index >= snapshot.index {
            entries.removeFirst(min(Int(newer.index - snapshot.index), entries.count))
        } else {
            entries = []
        }
        snapshot = newer
        let last = lastIndex
        memberIndexes.removeAll { $0 <= newer.index || $0 > last }
    }
}
