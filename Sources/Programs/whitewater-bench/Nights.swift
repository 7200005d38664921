import Archive
import ArgumentParser
import Foundation
import Sites

extension Bench {
    /// `whitewater-bench nights`.
    struct Nights: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Render the pages over many runs, and open the morning's in a browser.")

        @Option(help: "Runs, once in nights of 500, and once in a single one.")
        var count = 10_000

        @Option(help: "Measurements of each.")
        var runs = 5

        @Option(help: "The browser.")
        var browser = "/usr/bin/chromium"

        func run() throws {
            for night in [500, count] { try measure(night: night) }
        }

        private func measure(night: Int) throws {
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "whitewater-nights-\(getpid())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let archive = try Archive(file: folder.appending(path: "index.sqlite").path)
            let rows = (0..<count).map { row($0, of: night) }
            let recording = try seconds { try archive.replaceAll(with: rows) { _ in false } }
            print(
                "\(count) runs in nights of \(night), recorded in "
                    + String(format: "%.3f CPU seconds", recording))
            var pages: [String: String] = [:]
            try show("reading the index and rendering, CPU seconds") {
                try seconds { pages = Site(try archive.runs()).pages }
            }
            let sizes = pages.values.map(\.utf8.count)
            print("\(pages.count) pages, the largest of \(sizes.max() ?? 0) bytes")
            guard FileManager.default.isExecutableFile(atPath: browser) else {
                print("\(browser) is not there: not opened")
                return
            }
            let largest = pages.keys.filter { $0.hasPrefix("signatures/") }
                .max { (pages[$0] ?? "").utf8.count < (pages[$1] ?? "").utf8.count }
            for name in ["index.html", "trends.html"] + [largest].compactMap(\.self) {
                let file = folder.appending(path: name.replacing("/", with: "-"))
                let html = try timed(pages[name] ?? "")
                try Data(html.utf8).write(to: file)
                try show("opening \(name), seconds until it is laid out") { try open(file) }
            }
        }

        /// A page that measures itself, laid out as a whole.
        private func timed(_ html: String) throws -> String {
            guard let end = html.ranges(of: "</body>").last?.lowerBound else {
                throw ValidationError("a page has no end")
            }
            let script =
                "<script>document.body.offsetHeight;"
                + "document.documentElement.dataset.opened=Math.round(performance.now())</script>"
            return html[..<end] + script + html[end...]
        }

        private func open(_ file: URL) throws -> Double {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(filePath: browser)
            process.arguments = [
                "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", file.absoluteString,
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

        private func seconds(_ work: () throws -> Void) rethrows -> Double {
            let start = clock()
            try work()
            return Double(clock() - start) / Double(CLOCKS_PER_SEC)
        }

        private func show(_ what: String, _ measure: () throws -> Double) throws {
            let sorted = try (0..<runs).map { _ in try measure() }.sorted()
            let columns = [sorted[0], sorted[sorted.count / 2], sorted[sorted.count - 1]]
                .map { String(format: "%.3f", $0) }
            print("\(what): min \(columns[0]), median \(columns[1]), max \(columns[2])")
        }

        /// A run of a campaign with a failure now and then.
        private func row(_ number: Int, of size: Int) -> RunRow {
            let (night, place) = (number / size, number % size)
            let day = "202611\(night % 28 + 10)"
            let found = number % 23 == 0
            var row = RunRow(
                folder: "campaigns/n/\(night)/runs/\(place)", seed: UInt64(number),
                verdict: found ? .invalid : number % 41 == 0 ? .inconclusive : .valid)
            row.campaign = "campaigns/n/\(day)"
            (row.number, row.attempt, row.cell) = (place + 1, 1, "plan-\(number % 12)")
            (row.plan, row.system, row.version) = (row.cell, "etcd", "3.\(night / 7)")
            row.started = "\(day)T\(10 + place / 60 % 14)\(10 + place % 50)00.000Z"
            (row.seconds, row.ok) = (60, 10_000)
            row.faults = ["halves", "isolate-leader", "kill", "pause"].map {
                .init(kind: $0, tried: 3, bit: 2, slowestRecovery: 1.5)
            }
            if found {
                let signature = Signature(
                    .violation, of: "etcd",
                    "stale read \(Character(UnicodeScalar(UInt8(97 + number % 26))))",
                    "isolation")
                row.failures = [.init(signature, count: 3, example: "n3 answered read nil")]
            }
            return row
        }
    }
}
