internal import Faults
internal import Injectors
internal import Synchronization
internal import Topologies

/// What has become of each strike of a run.
final class StrikeBook: Sendable {
    /// A strike that has been undone.
    struct Healed {
        let planned: PlannedStrike
        let strike: Strike
        let record: FaultRecord
        let time: Duration
    }

    private struct Entry {
        let planned: PlannedStrike
        let number: Int
        var injecting: Task<Strike?, Never>?
        var phase: StrikePhase
        var lateness: Duration?
        var healed: Healed?
        var record: FaultRecord?
    }

    private struct State {
        var entries: [StrikeID: Entry] = [:]
        var conclusions: [(number: Int, Conclusion)] = []
        var lastNumber = 0
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    /// The first error of the machine.
    var failure: (any Error)? { state.withLock { $0.failure } }

    func fail(_ error: any Error) {
        state.withLock { state in
            if state.failure == nil { state.failure = error }
        }
    }

    func nextNumber() -> Int {
        state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    /// What scenarios see.
    var phases: [StrikeID: StrikePhase] {
        state.withLock { $0.entries.mapValues(\.phase) }
    }

    /// Nodes of strikes that last, begin or are being undone.
    var struckNodes: Set<NodeName> {
        state.withLock { state in
            state.entries.values.filter { !$0.phase.isHealed }.reduce(into: []) {
                $0.formUnion($1.planned.aim.affected)
            }
        }
    }

    /// Whether the most that is done to the cluster is that leadership is handed over.
    var isUndisturbed: Bool {
        state.withLock { state in
            state.entries.values.allSatisfy {
                $0.phase.isOver || $0.planned.aim.effect is LeadershipTransfer
            }
        }
    }

    // MARK: Phases

    func refuse(_ planned: PlannedStrike, _ number: Int, _ why: String) {
        state.withLock {
            $0.entries[planned.id] = Entry(
                planned: planned, number: number, injecting: nil, phase: .refused(why))
        }
    }

    /// Notes that a strike begins; the task that injects it must not, before this has returned.
    func begin(_ planned: PlannedStrike, _ number: Int) {
        state.withLock {
            $0.entries[planned.id] = Entry(
                planned: planned, number: number, injecting: nil, phase: .starting)
        }
    }

    /// Notes the task that injects a strike.
    func injects(_ id: StrikeID, _ injecting: Task<Strike?, Never>) {
        state.withLock { $0.entries[id]?.injecting = injecting }
    }

    func lasts(_ id: StrikeID, since time: Duration, lateness: Duration) {
        state.withLock { state in
            state.entries[id]?.lateness = lateness
            if state.entries[id]?.phase == .starting {
                state.entries[id]?.phase = .lasting(since: time)
            }
        }
    }

    /// Notes that a strike is about to be undone; nil if it is already, or never was.
    func endBegins(_ id: StrikeID) -> (PlannedStrike, Task<Strike?, Never>)? {
        state.withLock { state in
            guard let entry = state.entries[id], let injecting = entry.injecting else { return nil }
            switch entry.phase {
            case .starting, .lasting:
                state.entries[id]?.phase = .healing
                return (entry.planned, injecting)
            default: return nil
            }
        }
    }

    func healed(
        _ id: StrikeID, _ strike: Strike, _ record: FaultRecord, at time: Duration,
        lateness: Duration
    ) {
        state.withLock { state in
            guard let entry = state.entries[id] else { return }
            var record = record
            record.lateness = entry.lateness.map { $0 / .seconds(1) }
            record.healingLateness = lateness / .seconds(1)
            state.entries[id]?.healed = Healed(
                planned: entry.planned, strike: strike, record: record, time: time)
            state.entries[id]?.phase = .recovering
        }
    }

    /// Strikes that have been undone, by number.
    var recovering: [Healed] {
        state.withLock { state in
            state.entries.values.filter { $0.phase == .recovering }.compactMap(\.healed)
                .sorted { $0.record.number < $1.record.number }
        }
    }

    func complete(_ id: StrikeID, _ record: FaultRecord) {
        state.withLock { state in
            state.entries[id]?.record = record
            state.entries[id]?.phase = .over
        }
    }

    // MARK: Scenarios

    func add(_ conclusion: Conclusion) {
        state.withLock { state in
            state.lastNumber += 1
            state.conclusions.append((state.lastNumber, conclusion))
        }
    }

    /// Records of scenarios all of whose strikes are over: it bit if it reached its point and they
    /// did.
    func concluded() -> [FaultRecord] {
        state.withLock { state in
            var records: [FaultRecord] = []
            state.conclusions.removeAll { number, conclusion in
                let entries = conclusion.strikes.compactMap { state.entries[$0] }
                guard entries.allSatisfy(\.phase.isOver) else { return false }
                records.append(Self.record(number, conclusion, entries))
                return true
            }
            return records
        }
    }

    private static func record(
        _ number: Int, _ conclusion: Conclusion, _ entries: [Entry]
    ) -> FaultRecord {
        var record = FaultRecord(
            number: number, kind: conclusion.scenario, family: "scenario")
        record.nodes = Set(entries.flatMap(\.planned.aim.affected)).sorted()
        record.start = conclusion.start / .seconds(1)
        record.end = conclusion.end / .seconds(1)
        record.recovered = entries.compactMap { $0.record?.recovered }.max()
        record.before = entries.first?.record?.before
        record.after = entries.last?.record?.after
        record.checks =
            [conclusion.point]
            + entries.map { entry in
                FaultRecord.Check(
                    "\(entry.planned.kind), fault \(entry.number), bit",
                    entry.record?.bit ?? false, entry.record?.summary ?? "it was refused")
            }
        return record
    }
}
