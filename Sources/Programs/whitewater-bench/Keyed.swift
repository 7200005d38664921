import ArgumentParser
import CLinux
import Checkers
import Foundation
import Histories

extension Bench {
    /// `whitewater-bench keyed`.
    struct Keyed: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read and decide a long history of many registers from an EDN file.")

        @Option(help: "Operations.")
        var operations = 10_000_000

        @Option(help: "Keys.")
        var keys = 1_000

        @Option(help: "Where the file goes for a while; about 200 bytes an operation.")
        var folder = FileManager.default.temporaryDirectory.path

        func run() throws {
            // Large tables grow again and again: twice as fast without fresh pages each time.
            _ = clinux_keep_freed_memory()
            let file = folder + "/whitewater-keyed-\(ProcessInfo.processInfo.processIdentifier).edn"
            defer { try? FileManager.default.removeItem(atPath: file) }
            try write(to: file)
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
            let clock = ContinuousClock()
            let start = clock.now
            let history = try History(contentsOf: file).keyed(.independent)
            let read = clock.now
            let report = try Checker().check(history)
            let end = clock.now
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
            let megabytes = Double(size) / 1e6
            let seconds = (read - start) / .seconds(1)
            print(
                "\(operations) operations on \(keys) keys, \(Int(megabytes)) MB of EDN: "
                    + "\(report.verdict.word)")
            print("read \(read - start) (\(Int(megabytes / seconds)) MB/s), check \(end - read)")
            print("\(peak)")
        }

        /// Five processes work on each key: two write, three read, all overlapping.
        private func write(to file: String) throws {
            guard FileManager.default.createFile(atPath: file, contents: nil),
                let handle = FileHandle(forWritingAtPath: file)
            else { throw ValidationError("cannot write \(file)") }
            var text: [UInt8] = []
            var index = 0
            func note(
                _ kind: Event.Kind, _ process: Int, _ function: String, _ value: Value, _ key: Int
            ) {
                text.append(
                    edn: Event(
                        index: index, time: Timestamp(nanoseconds: 1_000_000 + 7_919 * index),
                        process: .client(process), kind: kind, function: function, key: .int(key),
                        value: value))
                index += 1
            }
            for round in 0..<(operations / keys / 5) {
                for key in 0..<keys {
                    let process = key * 5
                    let (first, second) = (2 * round + 1, 2 * round + 2)
                    note(.invoke, process, "write", .int(first), key)
                    note(.invoke, process + 1, "read", .null, key)
                    note(.ok, process, "write", .int(first), key)
                    note(.invoke, process + 2, "write", .int(second), key)
                    note(.ok, process + 1, "read", .int(first), key)
                    note(.invoke, process + 3, "read", .null, key)
                    note(.invoke, process + 4, "read", .null, key)
                    note(.ok, process + 3, "read", .int(first), key)
                    note(.ok, process + 2, "write", .int(second), key)
                    note(.ok, process + 4, "read", .int(second), key)
                }
                if text.count > 4_194_304 {
                    try handle.write(contentsOf: Data(text))
                    text.removeAll(keepingCapacity: true)
                }
            }
            try handle.write(contentsOf: Data(text))
            try handle.close()
        }
    }
}
