public import Histories
public import Models

/// Whether watches told what had happened: in the order of revisions, nothing twice, nothing that
/// nobody did, and, from the revision at which they began up to the last one that they told,
/// everything.
///
/// What comes after the last event may still have been under way. A watch whose revision had been
/// compacted says from which one on it told instead, as etcd does; from there on nothing may be
/// missing, the event at the revision of the compaction among them.
public struct WatchCheck: Check {
    /// The name in results.
    public let name = "watches"

    /// A check.
    public init() {}

    /// What happened to a key: a value was put, or nil for a deletion.
    private struct Change: Hashable {
        let key: Value
        let value: Value
    }

    /// What clients did in a folder.
    private struct Changes {
        /// What was acknowledged, by revision.
        var known: [Int: (change: Change, operation: Int)] = [:]
        /// Puts and deletions that nobody has heard of again: they may have happened.
        var unknown: Set<Change> = []
        /// The revisions of what was acknowledged, growing.
        var revisions: [Int] = []
    }

    /// Looks at each folder; n log n in operations and events.
    public func judge(_ history: History) throws(ModelError) -> CheckOutcome {
        var findings: [CheckFinding] = []
        for (key, ids) in history.idsByKey {
            let operations = ids.map { history.operations[Int($0)] }
            let changes = try changes(in: operations)
            for watch in operations where watch.function == "watch" {
                guard case .ok(let told) = watch.outcome else { continue }
                findings += try self.findings(told, of: watch, changes).map {
                    CheckFinding(
                        check: name, sentence: $0.sentence, key: key, operations: $0.operations)
                }
            }
        }
        return .findings(findings)
    }

    private func changes(in operations: [Operation]) throws(ModelError) -> Changes {
        var changes = Changes()
        for operation in operations {
            let change: Change
            switch operation.function {
            case "put":
                guard let (key, value) = operation.input.pair else { throw refusal(of: operation) }
                change = Change(key: key, value: value)
            case "delete": change = Change(key: operation.input, value: .null)
            case "watch", "compact": continue
            default: throw refusal(of: operation)
            }
            switch operation.outcome {
            case .ok(let value):
                guard let revision = value.elements?.last?.int else {
                    throw refusal(of: operation)
                }
                changes.known[revision] = (change, operation.id)
            case .unknown: changes.unknown.insert(change)
            case .failed: break
            }
        }
        changes.revisions = changes.known.keys.sorted()
        return changes
    }

    private func refusal(of operation: Operation) -> ModelError {
        ModelError(
            model: name, operation: operation, known: ["put", "delete", "compact", "watch"])
    }

    private typealias Wrong = (sentence: String, operations: [Int])

    private func findings(
        _ told: Value, of watch: Operation, _ changes: Changes
    ) throws(ModelError) -> [Wrong] {
        guard let from = told.entry("from")?.int, let events = told.entry("events")?.elements else {
            throw refusal(of: watch)
        }
        var wrong: [Wrong] = []
        var last = from - 1
        var seen: Set<Int> = []
        for event in events {
            guard let parts = event.elements, parts.count == 3, let revision = parts[0].int else {
                throw refusal(of: watch)
            }
            let change = Change(key: parts[1], value: parts[2])
            let words = "\(watch.who) was told \(Self.words(change)) at revision \(revision)"
            if revision <= last {
                let why =
                    seen.contains(revision)
                    ? "twice"
                    : revision < from
                        ? "though it watched from revision \(from) on"
                        : "after revision \(last)"
                wrong.append(("\(words), \(why)", [watch.id]))
            } else {
                last = revision
            }
            seen.insert(revision)
            if let known = changes.known[revision] {
                guard known.change != change else { continue }
                let other = Self.words(known.change)
                wrong.append(
                    ("\(words), where \(other) was acknowledged", [known.operation, watch.id]))
            } else if !changes.unknown.contains(change) {
                wrong.append(("\(words), which nobody did", [watch.id]))
            }
        }
        return wrong + missing(seen, from: from, to: last, of: watch, changes)
    }

    private func missing(
        _ seen: Set<Int>, from: Int, to last: Int, of watch: Operation, _ changes: Changes
    ) -> [Wrong] {
        let revisions = changes.revisions
        var place = revisions.partition(where: { $0 >= from })
        var wrong: [Wrong] = []
        while place < revisions.endIndex, revisions[place] <= last {
            let revision = revisions[place]
            place += 1
            guard !seen.contains(revision), let known = changes.known[revision] else { continue }
            wrong.append(
                (
                    "\(watch.who) watched from revision \(from) on and was told of revision "
                        + "\(last), but never of \(Self.words(known.change)) at revision "
                        + "\(revision)", [known.operation, watch.id]
                ))
        }
        return wrong
    }

    private static func words(_ change: Change) -> String {
        change.value == .null
            ? "the deletion of key \(change.key)" : "\(change.value) put at key \(change.key)"
    }
}

extension Array {
    /// The first place of growing elements from which on all are like that; logarithmic.
    func partition(where isLater: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if isLater(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
