import Faults
import Foundation
import Histories
import Reports
import Stores

/// What a person reads at the end of a run, in ten seconds.
struct Summary {
    private static let mostReasons = 5
    private static let mostFaults = 12

    let results: RunResults
    let folder: RunFolder

    func print() {
        Console.line("\n\(colour)\(results.verdict.rawValue.uppercased())\(plain)")
        for reason in results.reasons.prefix(Self.mostReasons) { Console.line("  \(reason)") }
        if results.reasons.count > Self.mostReasons {
            Console.line("  and \(results.reasons.count - Self.mostReasons) more, in results.json")
        }
        for (function, counts) in results.counts.sorted(by: { $0.key < $1.key }) {
            Console.line("  \(function): \(counts.ok) ok, \(counts.fail) fail, \(counts.info) info")
        }
        for fault in results.faults.prefix(Self.mostFaults) {
            Console.line("  fault \(fault.number): \(fault.summary)")
        }
        if results.faults.count > Self.mostFaults {
            Console.line("  and \(results.faults.count - Self.mostFaults) more faults")
        }
        showDigest()
        Console.line("report: \(folder.page)")
        Console.line("again:  \(results.rerun)")
    }

    /// Latency and the worst outage, if the history can be read.
    private func showDigest() {
        guard
            let history = try? History(contentsOf: folder.history, tail: .maybeTorn)
                .keyed(.independent)
        else { return }
        let digest = Digest(StoredRun(results: results, history: history))
        let latency = [digest.latency.median, digest.latency.p99, digest.latency.most]
            .map { String(format: "%.1f ms", $0 * 1_000) }
        if digest.latency.count > 0 {
            Console.line(
                "  latency: median \(latency[0]), 99th percentile \(latency[1]), slowest "
                    + latency[2])
        }
        if let worst = digest.worstOutage {
            let fault = results.faults.first { $0.number == worst.fault }
            Console.line(
                "  worst outage: " + String(format: "%.2f s", worst.seconds)
                    + " around fault \(worst.fault)" + (fault.map { " (\($0.kind))" } ?? ""))
        }
    }

    private var isColoured: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }

    private var colour: String {
        guard isColoured else { return "" }
        return switch results.verdict {
        case .valid: "\u{1b}[1;32m"
        case .invalid, .failed: "\u{1b}[1;31m"
        case .undecided, .inconclusive: "\u{1b}[1;33m"
        }
    }

    private var plain: String { isColoured ? "\u{1b}[0m" : "" }
}
