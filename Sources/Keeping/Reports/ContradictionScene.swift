internal import Checkers
internal import Faults
internal import Results
internal import Topologies

/// What is drawn of a contradiction, however wide the screen: a handful of operations, the stretch
/// of time around them, and the faults that lasted then.
struct ContradictionScene {
    /// More bars cannot be told apart at a glance; the rest is in the contradiction's own file.
    static let mostBars = 9
    /// More bands over each other have no names that could be read.
    private static let mostFaults = 3

    /// What an operation is to the contradiction.
    enum Role: String {
        /// The one that cannot be.
        case culprit
        /// What it missed.
        case missed
        /// Nobody knows how it ended.
        case open
        case other
    }

    let violation: Violation
    /// By invocation.
    let operations: [OperationExcerpt]
    let faults: [FaultRecord]
    /// What the object may have held behind each operation, in words.
    let possible: [Int: String]
    /// Whether the history has times; its order of events is the axis where it has none.
    let isTimed: Bool
    let start: Double
    let end: Double
    /// How many operations the contradiction has that are not drawn.
    let undrawn: Int

    init(_ violation: Violation, _ found: ContradictionResult, in run: StoredRun) {
        self.violation = violation
        possible = found.statesInWords
        let essential = [violation.missed, violation.culprit].compactMap(\.self)
        let told = essential + found.operations + (found.history ?? [])
        var ids: [Int] = []
        for id in told where !ids.contains(id) && run.excerpt.operations[id] != nil {
            ids.append(id)
            if ids.count == Self.mostBars { break }
        }
        undrawn = Set(told).count - ids.count
        operations = ids.compactMap { run.excerpt.operations[$0] }
            .sorted { $0.invocation < $1.invocation }
        let isTimed = operations.allSatisfy { $0.invokedAt != nil }
        self.isTimed = isTimed
        let times = operations.flatMap { operation -> [Double] in
            let span = Self.span(of: operation, isTimed: isTimed)
            return [span.start, span.end]
        }
        let (least, most) = (times.min() ?? 0, times.max() ?? 1)
        let fault = violation.situation.fault.flatMap { number in
            run.results.faults.first { $0.number == number }
        }
        let span = max(most - least, isTimed ? 1e-5 : 1)
        // A fault that is over is drawn as well if that leaves the operations room.
        var first = least
        if isTimed, let fault, fault.start < least, least - fault.start < span * 4 {
            first = fault.start
        }
        // What a scenario is made of says more than the whole, and the fault that explains the
        // violation more than others.
        faults =
            isTimed
            ? Array(
                run.results.faults.filter { $0.start < most && $0.end > first && !$0.isScenario }
                    .sorted {
                        ($0.number == fault?.number ? 0 : 1) < ($1.number == fault?.number ? 0 : 1)
                    }
                    .prefix(Self.mostFaults)) : []
        start = first - (most - first) * 0.04
        end = most + (most - first) * 0.04 + (isTimed ? 1e-6 : 0.1)
    }

    /// From the invocation to the completion; of an operation whose end nobody knows, its beginning.
    func span(of operation: OperationExcerpt) -> (start: Double, end: Double) {
        Self.span(of: operation, isTimed: isTimed)
    }

    private static func span(
        of operation: OperationExcerpt, isTimed: Bool
    ) -> (start: Double, end: Double) {
        guard isTimed else {
            return (
                Double(operation.invocation),
                Double(operation.completion ?? operation.invocation + 1)
            )
        }
        let start = operation.invokedAt ?? 0
        return (start, operation.completedAt ?? start)
    }

    /// A moment's share of the stretch of time, from 0 to 1.
    func share(of moment: Double) -> Double {
        min(max((moment - start) / max(end - start, 1e-9), 0), 1)
    }

    func role(of operation: OperationExcerpt) -> Role {
        operation.id == violation.culprit
            ? .culprit
            : operation.id == violation.missed
                ? .missed : operation.outcome == .unknown ? .open : .other
    }

    // MARK: Words

    /// What an operation asked and got, and what is wrong with it.
    func label(of operation: OperationExcerpt) -> String {
        let at = operation.completedAt.map { " at \($0.fixed(4)) s" } ?? ""
        switch role(of: operation) {
        case .culprit: return "\(operation.label)\(at): \(verdict)"
        case .missed: return "\(operation.label), acknowledged\(at)"
        case .open: return "\(operation.label), outcome unknown"
        case .other: return operation.label
        }
    }

    /// What is wrong with the culprit, in a word or two.
    var verdict: String { violation.kind == .stale ? "stale" : "the violation" }

    /// Who an operation's row is about.
    func name(of operation: OperationExcerpt) -> String {
        let client = operation.clientName
        return operation.node.map { "\($0) · client \(client)" }
            ?? (operation.client == nil ? "client \(client)" : client)
    }

    /// Everything about an operation.
    func details(of operation: OperationExcerpt) -> String {
        let place =
            operation.node.map { "on \($0), client \(operation.clientName)" }
            ?? "client \(operation.clientName)"
        let from = operation.invokedAt.map { "\($0.fixed(6)) s" } ?? "event \(operation.invocation)"
        let to =
            operation.completedAt.map { "\($0.fixed(6)) s" }
            ?? operation.completion.map { "event \($0)" } ?? "no completion"
        let states = possible[operation.id].map { "; \($0)" } ?? ""
        return
            "\(operation.label), \(place), \(from) to \(to), \(operation.ending)\(states)"
    }

    /// A fault's number, what it is, and its nodes.
    func name(of fault: FaultRecord) -> String {
        "fault \(fault.number): \(fault.kind.inPlainWords)"
            + (fault.nodes.isEmpty ? "" : ", \(fault.nodeWords.cut(30))")
    }
}
