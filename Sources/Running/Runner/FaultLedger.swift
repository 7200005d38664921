internal import Faults
internal import Synchronization

/// The records of faults that are over.
final class FaultLedger: Sendable {
    private let records = Mutex<[FaultRecord]>([])

    /// By number.
    var all: [FaultRecord] { records.withLock { $0 }.sorted { $0.number < $1.number } }

    func add(_ record: FaultRecord) { records.withLock { $0.append(record) } }

    /// How late actions came, in seconds, each beginning and each healing apart; sorted.
    var lateness: [Double] {
        records.withLock { $0 }.flatMap { [$0.lateness, $0.healingLateness].compactMap(\.self) }
            .sorted()
    }

    /// How late actions came, in a line.
    var latenessSummary: String {
        let lateness = lateness
        guard let worst = lateness.last else { return "no fault was begun" }
        func text(_ seconds: Double) -> String { "\((seconds * 1_000).rounded()) ms" }
        return
            "\(lateness.count) actions came late by \(text(lateness[lateness.count / 2])) in the "
            + "median and by \(text(worst)) at worst"
    }
}
