import ArgumentParser
import Foundation
import Generators
import Histories

extension Bench {
    /// `whitewater-bench files`.
    struct SmallFiles: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "files",
            abstract: "Check many small files at once, by the program itself.",
            discussion: "Of each run the time of all processors, its own and the kernel's, and the "
                + "time of the wall.")

        @Option(help: "Files of ten operations of three processes each.")
        var files = 100_000

        @Option(help: "Runs.")
        var repeats = 3

        @Option(help: "The program.")
        var program = ".build/release/whitewater"

        func run() throws {
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "whitewater-files-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let bytes = try write(to: folder)
            print("\(files) files, \(bytes / 1_000_000) MB")
            for _ in 0..<repeats {
                let (before, start) = (Self.childrenTime, ContinuousClock.now)
                try check(folder)
                let wall = (ContinuousClock.now - start) / .seconds(1)
                let cpu = zip(Self.childrenTime, before).map { $0 - $1 }
                print(
                    String(
                        format: "%.2f s of CPU of its own, %.2f s of the kernel's, %.2f s in all",
                        cpu[0], cpu[1], wall))
            }
        }

        private func write(to folder: URL) throws -> Int {
            var bytes = 0
            for number in 0..<files {
                var random = SplitMix64(seed: UInt64(number))
                let history = HardHistory(
                    operations: 10, processes: 3, crashed: 0, values: 5, mode: .ok)
                var text: [UInt8] = []
                for event in history.events(using: &random) { text.append(edn: event) }
                try Data(text).write(to: folder.appending(path: "\(number).edn"))
                bytes += text.count
            }
            return bytes
        }

        private func check(_ folder: URL) throws {
            let process = Process()
            process.executableURL = URL(filePath: program)
            process.arguments = ["check", folder.path]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw ValidationError(
                    "`\(program) check` ended with \(process.terminationStatus): all files are valid"
                )
            }
        }

        /// Seconds that ended processes of this one have had, their own and the kernel's.
        private static var childrenTime: [Double] {
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
            return [usage.ru_utime, usage.ru_stime].map {
                Double($0.tv_sec) + Double($0.tv_usec) / 1_000_000
            }
        }
    }
}
