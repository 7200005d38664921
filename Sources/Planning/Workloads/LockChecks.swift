public import Checkers
public import Histories
public import Models

/// Whether the history of each lock is linearizable.
///
/// A lock with a lease ends by itself when its client falls silent, and nobody sees when. Such a
/// lock, and a release that came too late, are left out: each is an acquisition and a release at one
/// moment for all that the others can tell. ``LockHoldsCheck`` judges them.
public struct LeasedLockCheck: Check {
    /// The name in results.
    public let name = "linearizable"
    private let checker: Checker<MutexModel>

    /// A check with what one lock may cost.
    public init(budget: Budget) {
        checker = Checker(model: MutexModel(hasOwners: true), budget: budget)
    }

    /// Decides each lock.
    public func judge(_ history: History) throws(ModelError) -> CheckOutcome {
        .keys(try checker.check(history.dropping(Self.lapsed(in: history))))
    }

    /// Acquisitions that may have lapsed, and the releases after them.
    static func lapsed(in history: History) -> [Int] {
        let holds = LockHold.all(in: history).flatMap(\.holds)
        let acquired = Set(holds.filter { $0.release == nil }.map(\.acquire))
        guard !acquired.isEmpty else { return [] }
        let processes = Set(acquired.map { history.operations[$0].process })
        var dropped: [Int] = []
        var isLapsed: [Int: Bool] = [:]
        for operation in history.operations where processes.contains(operation.process) {
            let lapsed = isLapsed.updateValue(
                acquired.contains(operation.id), forKey: operation.process)
            if operation.function == "release", lapsed == true { dropped.append(operation.id) }
        }
        return acquired.sorted() + dropped
    }
}

/// Whether a lock with a lease had two holders at once.
///
/// Three ways show it, none of which trusts a clock: the key of a granted lock was not there at the
/// revision of its grant; two holds share a revision of the store; on real time, two holds lasted at
/// once, or one was granted while another lasted.
public struct LockHoldsCheck: Check {
    /// The name in results.
    public let name = "holders"

    /// A check.
    public init() {}

    /// Looks at each lock; n log n in its operations.
    public func judge(_ history: History) throws(ModelError) -> CheckOutcome {
        .findings(LockHold.all(in: history).flatMap { key, holds in findings(holds, key, history) })
    }

    private func findings(
        _ holds: [LockHold], _ key: Value?, _ history: History
    ) -> [CheckFinding] {
        let missing = holds.filter { $0.wasThere == false }.map { hold in
            finding(
                "\(who(hold, history)) was granted the lock at revision \(hold.granted ?? 0), "
                    + "where its key was gone: its lease had expired", key, [hold.acquire])
        }
        let shared = Self.overlaps(holds) { hold in
            hold.granted.map { $0...max($0, (hold.released ?? $0 + 1) - 1) }
        }.map { pair in
            finding(
                "\(who(pair.0, history)) and \(who(pair.1, history)) both held the lock at revision "
                    + "\(max(pair.0.granted ?? 0, pair.1.granted ?? 0))", key,
                [pair.0.acquire, pair.1.acquire])
        }
        let lasting = holds.filter { ($0.until ?? .min) > $0.granting.upperBound }
        let atOnce = Self.overlaps(lasting) { hold in
            hold.until.map { hold.granting.upperBound...$0 }
        }
        // The whole request of another lies within a hold.
        let within = Self.contained(holds, in: lasting)
        let timed = Set((atOnce + within).map { [$0.0, $0.1] }).sorted {
            $0[1].acquire < $1[1].acquire
        }.map { pair in
            finding(
                "\(who(pair[1], history)) got the lock while \(who(pair[0], history)) had it", key,
                [pair[0].acquire, pair[1].acquire])
        }
        return missing + shared + timed
    }

    private func finding(_ sentence: String, _ key: Value?, _ operations: [Int]) -> CheckFinding {
        CheckFinding(check: name, sentence: sentence, key: key, operations: operations)
    }

    private func who(_ hold: LockHold, _ history: History) -> String {
        history.operations[hold.acquire].who
    }

    /// Each hold whose span begins within the longest of those that began before it.
    private static func overlaps(
        _ holds: [LockHold], _ span: (LockHold) -> ClosedRange<Int>?
    ) -> [(LockHold, LockHold)] {
        let spans = holds.compactMap { hold in span(hold).map { (hold: hold, span: $0) } }
            .sorted {
                ($0.span.lowerBound, $0.hold.acquire) < ($1.span.lowerBound, $1.hold.acquire)
            }
        guard var longest = spans.first else { return [] }
        var found: [(LockHold, LockHold)] = []
        for next in spans.dropFirst() {
            if longest.span.contains(next.span.lowerBound) {
                found.append((longest.hold, next.hold))
            }
            if next.span.upperBound > longest.span.upperBound { longest = next }
        }
        return found
    }

    /// Each hold whose whole request lies within another's certain hold.
    private static func contained(
        _ holds: [LockHold], in lasting: [LockHold]
    ) -> [(LockHold, LockHold)] {
        let lasting = lasting.sorted { $0.granting.upperBound < $1.granting.upperBound }
        var longest: LockHold?
        var place = lasting.startIndex
        var found: [(LockHold, LockHold)] = []
        for hold in holds.sorted(by: { $0.granting.lowerBound < $1.granting.lowerBound }) {
            while place < lasting.endIndex,
                lasting[place].granting.upperBound < hold.granting.lowerBound
            {
                if lasting[place].until ?? 0 > longest?.until ?? 0 { longest = lasting[place] }
                place += 1
            }
            if let longest, longest.acquire != hold.acquire,
                longest.until ?? 0 > hold.granting.upperBound
            {
                found.append((longest, hold))
            }
        }
        return found
    }
}
