internal import Archive
internal import Foundation
internal import Results
internal import Stores

/// What the folder of a trial says: whether the bug was found, missed, or never came up, or a node
/// was accused that had done nothing wrong.
struct TrialReading {
    let outcome: MutationMachine.Outcome
    /// Seconds of load.
    let load: Double

    /// What a node with a bug logs each time that it does what a right one would not.
    private static let deviation = Data(" deviates ".utf8)

    init(_ place: String, status: Int32) {
        let run = RunFolder(existing: place + "/latest")
        guard let results = try? run.readResults() else {
            outcome = .noAnswer("it left no results (status \(status))")
            load = 0
            return
        }
        load = results.timings.load
        switch results.verdict {
        case .invalid:
            let failures = RunRow(results, folder: place).failures.map(\.signature)
            let accusation = failures.first { $0.series.accusesSystem }
            let check = accusation.map { "\($0)" } ?? "a finding without a name"
            outcome =
                Self.deviates(in: run.path + "/nodes")
                ? .found(by: check) : .accusedIdle(by: check)
        case .failed: outcome = .noAnswer(results.reasons.first ?? "the harness failed")
        case .valid, .inconclusive, .undecided:
            outcome = Self.deviates(in: run.path + "/nodes") ? .missed : .neverCameUp
        }
    }

    private static func deviates(in folder: String) -> Bool {
        let files = FileManager.default.enumerator(atPath: folder)
        while let file = files?.nextObject() as? String {
            guard file.hasSuffix(".log"),
                let log = try? Data(
                    contentsOf: URL(filePath: "\(folder)/\(file)"), options: .alwaysMapped)
            else { continue }
            if log.firstRange(of: deviation) != nil { return true }
        }
        return false
    }
}
