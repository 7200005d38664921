import Faults
import Foundation
import Stores

/// What a person reads at the end of a run.
struct Summary {
    private static let mostReasons = 5

    let results: RunResults
    let folder: String

    func print() {
        Console.line("\n\(colour)\(results.verdict.rawValue.uppercased())\(plain)")
        for reason in results.reasons.prefix(Self.mostReasons) { Console.line("  \(reason)") }
        if results.reasons.count > Self.mostReasons {
            Console.line("  and \(results.reasons.count - Self.mostReasons) more, in results.json")
        }
        for (function, counts) in results.counts.sorted(by: { $0.key < $1.key }) {
            Console.line("  \(function): \(counts.ok) ok, \(counts.fail) fail, \(counts.info) info")
        }
        for fault in results.faults {
            Console.line("  fault \(fault.number): \(fault.summary)")
        }
        Console.line("report: \(folder)/index.html")
        Console.line("again:  \(results.rerun)")
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
