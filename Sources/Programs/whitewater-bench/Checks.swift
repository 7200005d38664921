import ArgumentParser
import CLinux
import CheckerTrials
import Checkers
import Foundation
import Generators
import Histories
import Models

extension Bench {
    /// `whitewater-bench checks`.
    struct Checks: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Time every decider by size, the hard histories, and folders.")

        @Option(help: "The largest size of the growth table, in operations.")
        var most = 10_000_000

        @Option(help: "Runs of each; the table shows the least, the median and the most.")
        var runs = 5

        @Option(help: "Folders of histories to time as well, where they are there.")
        var histories = "../shared/histories"

        func run() throws {
            // Large tables grow again and again: twice as fast without fresh pages each time.
            _ = clinux_keep_freed_memory()
            try growth()
            // The large ones last: the allocator sorts what they leave behind at whoever comes next.
            try sequences()
            try folders()
            try hard()
        }

        // MARK: Folders

        /// How each folder of histories is read.
        private static let folders: [(name: String, model: any Model)] = [
            ("etcd-jepsen", Register(semantics: Semantics(failedCAS: .all))),
            ("kv", KeyValue()),
            (
                "cas-register",
                Register(semantics: Semantics(nilReads: .ignored, failedCAS: .dropped))
            ),
            ("dragonboat", Register()),
            ("hard", Register(semantics: Semantics(failedCAS: .all))),
        ]

        private func folders() throws {
            print("\nfolder                           histories     seconds: min  median     max")
            for folder in Self.folders {
                let path = histories + "/" + folder.name
                let files = (FileManager.default.enumerator(atPath: path)?.allObjects ?? [])
                    .compactMap { $0 as? String }
                    .filter { name in [".edn", ".log", ".txt"].contains(where: name.hasSuffix) }
                guard !files.isEmpty else {
                    print("\(path) is not there")
                    continue
                }
                let read = try files.map { try History(contentsOf: path + "/" + $0) }
                for part in Part.allCases {
                    let times = try (0..<runs).map { _ in
                        try read.reduce(0) { try $0 + part.seconds($1, folder.model) }
                    }
                    print(Self.row("\(folder.name), \(part)", "\(files.count)", times.sorted()))
                }
            }
        }

        /// What of a check is timed.
        private enum Part: String, CaseIterable, CustomStringConvertible {
            case decided
            case explained

            var description: String { rawValue }

            func seconds(_ history: History, _ model: some Model) throws -> Double {
                try seconds(Checker(model: model).check(history))
            }

            func seconds(_ report: Report) -> Double {
                report.keys.reduce(0) {
                    $0 + (self == .decided ? $1.decided : $1.elapsed) / .seconds(1)
                }
            }
        }

        // MARK: Growth

        /// Every linear-time decider at sizes ten times apart, with the exponent of its growth.
        ///
        /// Each run is a process of its own, as `whitewater check` is one: in a process that has
        /// run before, small sizes find memory that the kernel has cleared already and large ones
        /// do not, which would count as growth.
        private func growth() throws {
            print(
                "decider                         operations   seconds: min  median     max      MiB  exponent"
            )
            for subject in DeciderBench.subjects {
                var last: Double?
                for size in [10_000, 100_000, 1_000_000, 10_000_000] where size <= most {
                    let samples = try (0..<runs).map { _ in try alone(subject, size) }
                    let times = samples.map(\.seconds).sorted()
                    let memory = samples.map(\.megabytes).max() ?? 0
                    let exponent = last.map { log10(times[times.count / 2] / $0) }
                    last = times[times.count / 2]
                    print(
                        Self.row(subject.name, "\(size)", times)
                            + String(format: "%9d", memory)
                            + (exponent.map { String(format: "%10.3f", $0) } ?? ""))
                }
            }
        }

        private func alone(
            _ subject: DeciderBench, _ size: Int
        ) throws -> (seconds: Double, megabytes: Int) {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            process.arguments = ["decide", subject.name, "\(size)"]
            process.standardOutput = output
            try process.run()
            let text = String(
                decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            let words = text.split { " \n".contains($0) }
            guard process.terminationStatus == 0, words.count == 2, let seconds = Double(words[0]),
                let megabytes = Int(words[1])
            else {
                throw ValidationError("`decide \(subject.name) \(size)` failed: \(text)")
            }
            return (seconds, megabytes)
        }

        // MARK: Hard histories

        private struct Kind {
            let operations: Int
            let processes: Int
            let crashed: Int
            let values: Int
            let mode: HardHistory.Mode

            var name: String { "\(operations),\(processes),\(crashed),\(values),\(mode)" }
        }

        private static let kinds: [Kind] = [
            Kind(operations: 100_000, processes: 5, crashed: 0, values: 5, mode: .ok),
            Kind(operations: 200_000, processes: 5, crashed: 0, values: 5, mode: .ok),
            Kind(operations: 1_000_000, processes: 5, crashed: 0, values: 5, mode: .ok),
            Kind(operations: 1_000_000, processes: 10, crashed: 50, values: 5, mode: .ok),
            Kind(operations: 1_000, processes: 5, crashed: 5, values: 3, mode: .bad),
            Kind(operations: 1_000, processes: 5, crashed: 10, values: 3, mode: .bad),
            Kind(operations: 1_000, processes: 10, crashed: 10, values: 3, mode: .bad),
            Kind(operations: 1_000, processes: 20, crashed: 0, values: 3, mode: .bad),
            Kind(operations: 100, processes: 5, crashed: 12, values: 3, mode: .alt),
            Kind(operations: 1_000, processes: 30, crashed: 40, values: 3, mode: .ok),
            Kind(operations: 1_000, processes: 40, crashed: 10, values: 5, mode: .ok),
            Kind(operations: 10_000, processes: 20, crashed: 50, values: 5, mode: .ok),
            Kind(operations: 10_000, processes: 40, crashed: 100, values: 5, mode: .ok),
            Kind(operations: 10_000, processes: 40, crashed: 100, values: 5, mode: .bad),
        ]

        private func hard() throws {
            print(
                "\nhard history (n,k,c,v,mode; seed 1)          seconds: min  median     max  verdict"
            )
            for kind in Self.kinds {
                var random = SplitMix64(seed: 1)
                let history = try History(
                    HardHistory(
                        operations: kind.operations, processes: kind.processes,
                        crashed: kind.crashed, values: kind.values, mode: kind.mode
                    ).events(using: &random))
                let reports = try (0..<runs).map { _ in try Checker().check(history) }
                for part in Part.allCases {
                    let times = reports.map(part.seconds).sorted()
                    print(
                        Self.row("\(kind.name) \(part)", "", times)
                            + "  \(reports[0].verdict.word)")
                }
            }
        }

        // MARK: Sequences

        private func sequences() throws {
            print("\nsequence (n,k,c,v; seeds 1 to 20)            seconds: min  median     max")
            let kinds: [SequenceHistory] = [
                SequenceHistory(.stack, operations: 300, processes: 5, values: 5),
                SequenceHistory(.stack, operations: 1_000, processes: 5, values: 5),
                SequenceHistory(.stack, operations: 1_000, processes: 5, values: 20),
                SequenceHistory(.fifo, operations: 1_000, processes: 10, values: 5),
                SequenceHistory(.fifo, operations: 1_000, processes: 10, crashed: 10, values: 5),
            ]
            for kind in kinds {
                let times = try (1...20).map { seed in
                    var random = SplitMix64(seed: UInt64(seed))
                    let history = try History(kind.events(using: &random))
                    let report =
                        kind.kind == .stack
                        ? try Checker(model: Stack()).check(history)
                        : try Checker(model: FIFOQueue()).check(history)
                    guard case .linearizable = report.verdict else {
                        throw ValidationError("seed \(seed) of \(kind) is \(report.verdict.word)")
                    }
                    return Part.decided.seconds(report)
                }
                let name =
                    "\(kind.kind) \(kind.operations),\(kind.processes),\(kind.crashed),"
                    + "\(kind.values)"
                print(Self.row(name, "", times.sorted()))
            }
            for (operations, processes) in [(400, 10), (2_000, 50)] {
                for isBad in [false, true] {
                    let times = try (1...20).map { seed in
                        try decideKeys(operations, processes, isBad, seed: UInt64(seed))
                    }
                    let name = "key-value \(operations),\(processes),\(isBad ? "bad" : "ok")"
                    print(Self.row(name, "", times.sorted()))
                }
            }
        }

        private func decideKeys(
            _ operations: Int, _ processes: Int, _ isBad: Bool, seed: UInt64
        ) throws -> Double {
            var random = SplitMix64(seed: seed)
            let kind = KeyValueHistory(
                operations: operations, processes: processes, isBad: isBad)
            let report = try Checker(model: KeyValue())
                .check(History(kind.events(using: &random)))
            guard report.verdict.word == (isBad ? "violation" : "linearizable") else {
                throw ValidationError("seed \(seed) of \(kind) is \(report.verdict.word)")
            }
            return Part.decided.seconds(report)
        }

        private static func row(_ name: String, _ size: String, _ times: [Double]) -> String {
            let columns = [times[0], times[times.count / 2], times[times.count - 1]]
                .map { String(format: "%9.4f", $0) }.joined()
            return name.padding(toLength: 32, withPad: " ", startingAt: 0)
                + String(repeating: " ", count: max(0, 10 - size.count)) + size + "     " + columns
        }
    }
}
