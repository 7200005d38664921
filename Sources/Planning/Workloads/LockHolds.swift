internal import Histories

/// A lock while a client held it, as the operations of a history say.
///
/// An `acquire` that says at which `:revision` it was granted is one of a lock with a lease: it may
/// end by itself. If its `release` found it still there, the lock was held from the one to the other
/// without a gap; otherwise it is only known to have been granted.
struct LockHold: Hashable, Sendable {
    /// The operation that took it.
    var acquire: Int
    /// The operation that gave it back, if the lock was still there.
    var release: Int?
    /// When it was taken: from the request to the reply, as places in the history.
    var granting: ClosedRange<Int>
    /// Up to here it was held for certain: where the release was invoked.
    var until: Int?
    /// The revision of the grant.
    var granted: Int?
    /// The revision at which it was given back.
    var released: Int?
    /// Whether the lock's key was there at the revision of the grant; nil if nobody could tell.
    var wasThere: Bool?

    /// The holds of each lock, in the order of their replies.
    static func all(in history: History) -> [(key: Value?, holds: [LockHold])] {
        history.idsByKey.map { key, ids in
            (key, holds(of: ids.map { history.operations[Int($0)] }))
        }
    }

    /// A process that takes a lock gives it back by its next operation, or never.
    private static func holds(of operations: [Operation]) -> [LockHold] {
        var last: [Int: LockHold] = [:]
        var holds: [LockHold] = []
        for operation in operations {
            let before = last.removeValue(forKey: operation.process)
            switch (operation.function, operation.outcome) {
            case ("acquire", .ok(let value)):
                guard case .map = value else { break }
                last[operation.process] = LockHold(
                    acquire: operation.id, granting: operation.invocation...operation.completion,
                    granted: value.entry("revision")?.int,
                    wasThere: value.entry("held").map { $0 == .bool(true) })
            case ("release", .ok(let value)):
                guard var hold = before else { break }
                hold.release = operation.id
                hold.until = operation.invocation
                hold.released = value.entry("revision")?.int
                holds.append(hold)
                continue
            default: break
            }
            if let before { holds.append(before) }
        }
        return (holds + last.values).sorted { $0.granting.upperBound < $1.granting.upperBound }
    }
}
