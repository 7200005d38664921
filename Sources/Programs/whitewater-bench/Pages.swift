import ArgumentParser
import Foundation
import Reports
import Results
import SampleRuns

extension Bench {
    /// `whitewater-bench pages`.
    struct Pages: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Render the page of a long run, and open it in a browser.")

        @Option(help: "Operations.")
        var operations = 1_000_000

        @Option(help: "Runs of each.")
        var runs = 5

        @Option(help: "The browser.")
        var browser = "/usr/bin/chromium"

        func run() throws {
            let stored = StoredRun.sample(operations: operations)
            let file =
                FileManager.default.temporaryDirectory.path + "/whitewater-page-\(getpid()).html"
            defer { try? FileManager.default.removeItem(atPath: file) }
            var seconds: [Double] = []
            for _ in 0..<runs {
                let start = clock()
                let page = Page(stored)
                let html = page.html
                let plots = page.plots.map(\.svg.utf8.count)
                seconds.append(Double(clock() - start) / Double(CLOCKS_PER_SEC))
                try Data(html.utf8).write(to: URL(filePath: file))
                guard plots.allSatisfy({ $0 > 0 }) else { throw ExitCode.failure }
            }
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
            print("\(operations) operations, a page of \(size) bytes")
            show("rendering, CPU seconds", seconds)
            guard FileManager.default.isExecutableFile(atPath: browser) else {
                print("\(browser) is not there: not opened")
                return
            }
            show(
                "opening, seconds until the script is done",
                try (0..<runs).map { _ in try open(file) })
        }

        private func show(_ what: String, _ values: [Double]) {
            let sorted = values.sorted()
            let columns = [sorted[0], sorted[sorted.count / 2], sorted[sorted.count - 1]]
                .map { String(format: "%.3f", $0) }
            print("\(what): min \(columns[0]), median \(columns[1]), max \(columns[2])")
        }

        /// What the page itself measured, from the beginning of its navigation.
        private func open(_ file: String) throws -> Double {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(filePath: browser)
            process.arguments = [
                "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "file://" + file,
            ]
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let text = String(
                decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            guard let found = text.firstMatch(of: /data-opened="(\d+)"/),
                let milliseconds = Double(found.output.1)
            else { throw ValidationError("the page was not opened") }
            return milliseconds / 1_000
        }
    }
}
