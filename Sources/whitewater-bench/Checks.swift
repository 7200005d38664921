import ArgumentParser
import Checkers
import Foundation
import Generators
import Histories
import Models

extension Bench {
    /// `whitewater-bench checks`.
    struct Checks: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Time the reader, every decider by size, and the hard histories.")

        @Option(help: "The largest size of the growth table, in operations.")
        var most = 10_000_000

        @Option(help: "Runs of each; the table shows the least, the median and the most.")
        var runs = 5

        @Option(help: "Folders of histories to time as well, where they are there.")
        var histories = "../shared/histories"

        func run() throws {
            try growth()
            try hard()
            try folders()
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
            print("\nfolder                     histories     seconds: min  median     max")
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
                let times = try (0..<runs).map { _ in
                    try read.reduce(0) { try $0 + Self.seconds($1, folder.model) }
                }
                print(Self.row(folder.name, "\(files.count)", times.sorted()))
            }
        }

        private static func seconds(_ history: History, _ model: some Model) throws -> Double {
            try Checker(model: model).check(history).keys
                .reduce(0) { $0 + $1.decided / .seconds(1) }
        }

        // MARK: Growth

        /// Every linear-time decider at sizes ten times apart, with the exponent of its growth.
        ///
        /// Run it with an allocator that keeps memory (the Makefile does): blocks of over 32 MiB
        /// would otherwise come fresh from the kernel each time, and its zeroing of pages, which
        /// smaller sizes are spared, would count as growth. The first run of a size pays for it.
        private func growth() throws {
            print("decider                   operations   seconds: min  median     max  exponent")
            for subject in DeciderBench.subjects {
                var last: Double?
                for size in [10_000, 100_000, 1_000_000, 10_000_000] where size <= most {
                    let count = size >= 10_000_000 ? min(runs, 3) : runs
                    let times = try subject.seconds(operations: size, runs: count)
                    let exponent = last.map { log10(times[times.count / 2] / $0) }
                    last = times[times.count / 2]
                    print(
                        Self.row(subject.name, "\(size)", times)
                            + (exponent.map { String(format: "%10.3f", $0) } ?? ""))
                }
            }
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
            print("\nhard history (n,k,c,v,mode; seed 1)    seconds: min  median     max  verdict")
            for kind in Self.kinds {
                var random = SplitMix64(seed: 1)
                let history = try History(
                    HardHistory(
                        operations: kind.operations, processes: kind.processes,
                        crashed: kind.crashed, values: kind.values, mode: kind.mode
                    ).events(using: &random))
                var times: [Double] = []
                var verdict = ""
                for _ in 0..<runs {
                    let report = try Checker().check(history)
                    verdict = report.verdict.word
                    times.append(report.keys.reduce(0) { $0 + $1.decided / .seconds(1) })
                }
                print(Self.row(kind.name, "", times.sorted()) + "  \(verdict)")
            }
        }

        private static func row(_ name: String, _ size: String, _ times: [Double]) -> String {
            let columns = [times[0], times[times.count / 2], times[times.count - 1]]
                .map { String(format: "%9.4f", $0) }.joined()
            return name.padding(toLength: 26, withPad: " ", startingAt: 0)
                + String(repeating: " ", count: max(0, 10 - size.count)) + size + "     " + columns
        }
    }
}
