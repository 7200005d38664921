internal import Faults
internal import Results
internal import Synchronization

/// The records of faults that are over.
final class FaultLedger: Sendable {
    private let records = Mutex<[FaultRecord]>([])

    /// By number.
    var all: [FaultRecord] { records.withLock { $0 }.sorted { $0.number < $1.number } }

    func add(_ record: FaultRecord) { records.withLock { $0.append(record) } }

    /// How late actions came, in seconds, each beginning and each healing apart; sorted.
    var lateness: [Double] { all.lateness }

    /// How late actions came, in a line.
    var latenessSummary: String { all.latenessWords ?? "no fault was begun" }
}
