public import Histories
public import Models

/// Whether a lease was lost before its time.
///
/// A grant or a renewal that was acknowledged promises the lease for the seconds that its reply
/// names, from a moment that is not earlier than its request. A later reply that says that the lease
/// is gone breaks that promise if it arrives before they have passed since that request was sent.
/// Both ends are measured by the clock of the history, so that the nodes' clocks do not matter
/// unless a fault makes them run fast.
///
/// `grant` returns `[seconds lease]`, `renew` of a lease `[seconds lease]` with 0 where it is gone.
public struct LeaseCheck: Check {
    /// The name in results.
    public let name = "leases"

    /// A check.
    public init() {}

    private struct Promise {
        let operation: Int
        let seconds: Int
        let end: Timestamp
    }

    /// Looks at each lease; linear in the operations.
    public func judge(_ history: History) throws(ModelError) -> CheckOutcome {
        var promises: [Value: Promise] = [:]
        var lost: Set<Value> = []
        var findings: [CheckFinding] = []
        for operation in history.operations.byCompletion {
            guard ["grant", "renew"].contains(operation.function) else {
                throw ModelError(
                    model: name, operation: operation, known: ["grant", "renew"])
            }
            guard case .ok(let value) = operation.outcome, let (seconds, lease) = value.pair,
                let seconds = seconds.int, let began = operation.invokedAt,
                let ended = operation.completedAt
            else { continue }
            guard seconds <= 0 else {
                let end = Timestamp(began.sinceStart + .seconds(seconds))
                if end > promises[lease]?.end ?? Timestamp(nanoseconds: .min) {
                    promises[lease] = Promise(
                        operation: operation.id, seconds: seconds, end: end)
                }
                continue
            }
            guard let promise = promises[lease], ended < promise.end, lost.insert(lease).inserted
            else { continue }
            let kept = history.operations[promise.operation]
            findings.append(
                CheckFinding(
                    check: name,
                    sentence: "lease \(lease) was gone when \(operation.who) renewed it, though "
                        + "\(kept.who) had been promised \(promise.seconds) s of it"
                        + (kept.invokedAt.map { " from \($0.written) on" } ?? ""),
                    key: operation.key, operations: [promise.operation, operation.id]))
        }
        return .findings(findings)
    }
}

extension [Operation] {
    /// Those that were completed, in the order of their completion.
    var byCompletion: [Operation] {
        filter(\.hasCompletion).sorted { $0.recordedEnd < $1.recordedEnd }
    }
}
