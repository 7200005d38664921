/// What a power loss does to the bytes of one file, as a value: apply it to a file's live bytes
/// and they are what the disk has kept.
public struct FileLoss: Hashable, Sendable {
    /// One change undone.
    struct Step: Hashable, Sendable {
        /// The size that the file gets first; nil to leave it.
        var size: Int?
        /// Where the old bytes go.
        var offset: Int
        /// The old bytes.
        var old: OldBytes
    }

    /// The changes undone, from the last backward.
    var steps: [Step] = []
    /// Pieces that survive as they were.
    var kept = RangeSet<Int>()
    /// How many bytes of writes are gone.
    public var lostBytes = 0
    /// How many unsynced bytes survive.
    public var survivingBytes = 0

    /// Whether the file stays as it is.
    public var isNothing: Bool { steps.isEmpty }

    /// Makes a file's bytes what the disk has kept.
    public func apply<Store: ByteStore>(to store: inout Store) throws(Store.Failure) {
        var saved: [(offset: Int, bytes: [UInt8])] = []
        for range in kept.ranges {
            saved.append((range.lowerBound, try store.read(range)))
        }
        for step in steps {
            if let size = step.size { try store.resize(to: size) }
            if step.old.count > 0 { try store.write(step.old.array, at: step.offset) }
        }
        for piece in saved where !piece.bytes.isEmpty {
            try store.write(piece.bytes, at: piece.offset)
        }
    }
}

/// The bytes of a file that can be changed.
public protocol ByteStore {
    /// What can go wrong.
    associatedtype Failure: Error
    /// The bytes of a range, as many as there are.
    func read(_ range: Range<Int>) throws(Failure) -> [UInt8]
    /// Writes bytes; a gap before them becomes zeros.
    mutating func write(_ bytes: [UInt8], at offset: Int) throws(Failure)
    /// Cuts off the end, or adds zeros.
    mutating func resize(to size: Int) throws(Failure)
}

/// Everything that a power loss does to a disk.
public struct Loss: Sendable {
    /// The files that change.
    public var files: [Inode: FileLoss] = [:]
    /// What stands at places again, to be set in this order.
    public var names: [(place: Place, old: Inode?)] = []

    /// The tree that the disk has kept, of a live one.
    public func tree(from live: Tree) -> Tree {
        var tree = live
        for (place, old) in names { tree[place] = old }
        return tree.reachable
    }
}

extension UndoLog {
    /// Draws what a power loss takes.
    ///
    /// - Complexity: O(n log n) in the unsynced changes.
    public func loss(_ power: PowerLoss) -> Loss {
        var loss = Loss()
        let cut = cut(power)
        loss.names = names.filter { !survives($0, cut: cut, power) }.reversed().map {
            ($0.place, $0.old)
        }
        for (file, changes) in data {
            let fate = fate(of: changes, in: file, cut: cut, power)
            if !fate.isNothing || fate.survivingBytes > 0 { loss.files[file] = fate }
        }
        return loss
    }

    /// The last change in order that survives, where changes survive in order.
    private func cut(_ power: PowerLoss) -> UInt64 {
        guard power.keep != .nothing else { return 0 }
        let all = Set(names.map(\.sequence) + data.values.joined().map(\.sequence)).sorted()
        let survivors = power.survivors(of: all.count)
        return survivors == 0 ? 0 : all[survivors - 1]
    }

    /// Names survive in the order of the journal; by POSIX each folder has an order of its own.
    private func survives(_ change: NameChange, cut: UInt64, _ power: PowerLoss) -> Bool {
        guard power.keep != .nothing else { return false }
        guard rule == .posix, power.keep != .prefix else { return change.sequence <= cut }
        let own = Set(names.filter { $0.place.folder == change.place.folder }.map(\.sequence))
            .sorted()
        let survivors = power.survivors(of: own.count, in: change.place.folder)
        return survivors > 0 && change.sequence <= own[survivors - 1]
    }

    private func fate(
        of changes: [DataChange], in file: Inode, cut: UInt64, _ power: PowerLoss
    ) -> FileLoss {
        var loss = FileLoss()
        var later = RangeSet<Int>()
        var written = RangeSet<Int>()
        for change in changes.reversed() {
            let isKept = !change.isForsaken && power.keep == .prefix && change.sequence <= cut
            if isKept {
                later.insert(contentsOf: change.range)
                if change.isWrite { loss.survivingBytes += change.range.count }
                continue
            }
            let parts = change.parts(outside: later.union(change.covered))
            if let size = change.sizeBefore {
                loss.steps.append(FileLoss.Step(size: size, offset: 0, old: .zeros(0)))
            }
            for part in parts.ranges {
                let start = part.lowerBound - change.range.lowerBound
                loss.steps.append(
                    FileLoss.Step(
                        offset: part.lowerBound, old: change.old.slice(start..<start + part.count)))
            }
            if change.isWrite, !change.isForsaken { written.insert(contentsOf: change.range) }
            if change.isWrite { loss.lostBytes += change.isForsaken ? parts.count : 0 }
        }
        let unit =
            switch power.keep {
            case .pages: 4_096
            case .sectors: 512
            case .nothing, .prefix: 0
            }
        if unit > 0 { loss.kept = Self.pieces(of: written, unit: unit, file, power) }
        loss.survivingBytes += loss.kept.count
        loss.lostBytes += written.count - loss.kept.count
        return loss
    }

    /// The pieces of what was written that the dice let survive.
    private static func pieces(
        of written: RangeSet<Int>, unit: Int, _ file: Inode, _ power: PowerLoss
    ) -> RangeSet<Int> {
        var kept = RangeSet<Int>()
        for range in written.ranges {
            var start = range.lowerBound
            while start < range.upperBound {
                let end = min(range.upperBound, (start / unit + 1) * unit)
                if power.keeps(sector: start / unit, of: file) {
                    kept.insert(contentsOf: start..<end)
                }
                start = end
            }
        }
        return kept
    }
}

extension RangeSet where Bound == Int {
    /// How many numbers it holds.
    var count: Int { ranges.reduce(0) { $0 + $1.count } }
}
