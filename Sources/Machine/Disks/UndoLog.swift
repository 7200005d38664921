/// What has not been synced, and how to undo it: the heart of a disk that can lose power.
///
/// A write goes through to the real file at once; the log keeps what stood there before. A sync
/// drops what it made durable. A power loss undoes the rest, from the last change backward.
/// After Pillai et al. 2014, "All File Systems Are Not Created Equal", §3: what a file system may
/// leave after a crash is its durable state with some of the later changes.
///
/// A value without a disk or a clock: times are lent.
public struct UndoLog: Sendable {
    /// A change to the bytes or the size of a file.
    struct DataChange: Sendable {
        var sequence: UInt64
        var time: Duration
        /// What was written; empty for a change of size alone.
        var range: Range<Int>
        /// What stood there, up to the old end of the file.
        var old: OldBytes
        /// The size before; nil where the size is not undone.
        var sizeBefore: Int?
        /// Whether these bytes were written (and not cut off).
        var isWrite: Bool
        /// Whether a failed sync has dropped it from the cache: no later sync makes it durable.
        var isForsaken = false
        /// What has been written and synced since a failed sync, and is not undone.
        var covered = RangeSet<Int>()
    }

    /// A change to what stands at a place.
    struct NameChange: Sendable {
        var sequence: UInt64
        var time: Duration
        var place: Place
        /// What stood there before.
        var old: Inode?
    }

    /// When names are durable.
    public let rule: NameRule
    /// The most memory for old bytes; the oldest changes count as written back beyond it, as a
    /// kernel writes back when too many pages are dirty.
    public let limit: Int
    /// After this time the kernel has written a change back by itself; nil for never.
    public let writeBack: Duration?

    /// The changes of names, oldest first.
    private(set) var names: [NameChange] = []
    /// The changes of each file, oldest first.
    private(set) var data: [Inode: [DataChange]] = [:]
    /// The memory that old bytes take at present.
    public private(set) var bytes = 0
    /// How many bytes have counted as written back because of the limit.
    public private(set) var bytesOverLimit = 0
    private var next: UInt64 = 1
    private var holds: [Inode: Int] = [:]
    private var lastSweep = Duration.zero

    /// An empty log.
    public init(
        rule: NameRule = .journal, limit: Int = 256 << 20, writeBack: Duration? = nil
    ) {
        self.rule = rule
        self.limit = limit
        self.writeBack = writeBack
    }

    /// Whether nothing is unsynced.
    public var isEmpty: Bool { names.isEmpty && data.isEmpty }

    /// A moment: what has been noted so far, and nothing later.
    public var mark: UInt64 { next - 1 }

    /// Whether undoing might give an inode a name again.
    public func holds(_ inode: Inode) -> Bool { holds[inode] != nil }

    // MARK: Changes

    /// Notes that bytes were written over `old` into a file of `size` bytes.
    public mutating func noteWrite(
        _ file: Inode, _ range: Range<Int>, old: OldBytes, size: Int, at time: Duration
    ) {
        append(
            DataChange(
                sequence: take(), time: time, range: range, old: old,
                sizeBefore: range.upperBound > size ? size : nil, isWrite: true), to: file)
    }

    /// Notes that a file of `size` bytes got another size; `old` is what was cut off.
    public mutating func noteResize(
        _ file: Inode, from size: Int, to new: Int, old: OldBytes, at time: Duration
    ) {
        append(
            DataChange(
                sequence: take(), time: time, range: min(size, new)..<size, old: old,
                sizeBefore: size, isWrite: false), to: file)
    }

    /// Notes that places hold something else now; several of one step survive together, or not
    /// at all, where the rule is a journal's.
    public mutating func noteNames(_ changes: [(place: Place, old: Inode?)], at time: Duration) {
        let sequence = take()
        for (place, old) in changes {
            names.append(NameChange(sequence: sequence, time: time, place: place, old: old))
            if let old { holds[old, default: 0] += 1 }
        }
    }

    private mutating func take() -> UInt64 {
        defer { next += 1 }
        return next
    }

    private mutating func append(_ change: DataChange, to file: Inode) {
        data[file, default: []].append(change)
        bytes += change.old.memory
    }

    // MARK: Syncs

    /// A file's sync that began at a mark has succeeded.
    ///
    /// - Returns: the inodes that no undoing needs any more.
    public mutating func synced(_ file: Inode, upTo mark: UInt64) -> [Inode] {
        if var changes = data[file] {
            let settled = RangeSet(
                changes.filter { $0.sequence <= mark && !$0.isForsaken }.map(\.range))
            drop(from: &changes) { $0.sequence <= mark && !$0.isForsaken }
            // What was written again since, and synced, is durable whatever was lost before.
            for index in changes.indices where changes[index].isForsaken {
                changes[index].forget(settled)
            }
            drop(from: &changes) { $0.isForsaken && $0.old.count == 0 }
            data[file] = changes.isEmpty ? nil : changes
        }
        return rule == .journal ? namesSynced { $0.sequence <= mark } : []
    }

    /// A folder's sync that began at a mark has succeeded.
    ///
    /// - Returns: the inodes that no undoing needs any more.
    public mutating func synced(folder: Inode, upTo mark: UInt64) -> [Inode] {
        let rule = rule
        return namesSynced {
            $0.sequence <= mark && (rule == .journal || $0.place.folder == folder)
        }
    }

    /// A file's sync that began at a mark has failed.
    ///
    /// The kernel marks the pages clean all the same, so that no later sync writes them: Rebello
    /// et al. 2020, "Can Applications Recover from fsync Failures?", §3.
    public mutating func syncFailed(_ file: Inode, upTo mark: UInt64) {
        guard let changes = data[file] else { return }
        // The size lives in the journal, which comes through.
        data[file] = changes.compactMap { change in
            guard change.sequence <= mark, !change.isForsaken else { return change }
            guard change.isWrite else {
                bytes -= change.old.memory
                return nil
            }
            var forsaken = change
            forsaken.isForsaken = true
            forsaken.sizeBefore = nil
            forsaken.old = change.old.padded(to: change.range.count)
            bytes += forsaken.old.memory - change.old.memory
            return forsaken
        }
    }

    /// Lets changes go that the kernel has written back by now, by their age and by the limit.
    ///
    /// Amortised, call it after every change.
    ///
    /// - Returns: the inodes that no undoing needs any more.
    public mutating func writeBack(now: Duration) -> [Inode] {
        var released: [Inode] = []
        if let writeBack, now - lastSweep >= .seconds(1) {
            lastSweep = now
            released += dropOlder(than: now - writeBack)
        }
        guard bytes > limit else { return released }
        // Down to half of it, so that the next change does not search again.
        let all = data.values.joined().sorted { $0.sequence < $1.sequence }
        var (left, last) = (bytes, UInt64(0))
        for change in all where left > limit / 2 {
            left -= change.old.memory
            last = change.sequence
        }
        bytesOverLimit += bytes - left
        return released + dropThrough(last)
    }

    /// Lets go of all that is older than a time.
    public mutating func dropOlder(than time: Duration) -> [Inode] {
        let last = max(
            data.values.joined().lazy.filter { $0.time < time }.map(\.sequence).max() ?? 0,
            names.lazy.filter { $0.time < time }.map(\.sequence).max() ?? 0)
        return dropThrough(last)
    }

    private mutating func dropThrough(_ last: UInt64) -> [Inode] {
        for (file, var changes) in data {
            drop(from: &changes) { $0.sequence <= last && !$0.isForsaken }
            data[file] = changes.isEmpty ? nil : changes
        }
        return namesSynced { $0.sequence <= last }
    }

    private mutating func drop(
        from changes: inout [DataChange], where isDropped: (DataChange) -> Bool
    ) {
        changes.removeAll { change in
            guard isDropped(change) else { return false }
            bytes -= change.old.memory
            return true
        }
    }

    private mutating func namesSynced(_ isDurable: (NameChange) -> Bool) -> [Inode] {
        var released: [Inode] = []
        names.removeAll { change in
            guard isDurable(change) else { return false }
            if let old = change.old, let count = holds[old] {
                holds[old] = count == 1 ? nil : count - 1
                if count == 1 { released.append(old) }
            }
            return true
        }
        return released
    }

    /// Forgets the data of a file that has no name, and never will again.
    public mutating func forget(_ file: Inode) {
        for change in data[file] ?? [] { bytes -= change.old.memory }
        data[file] = nil
    }
}
