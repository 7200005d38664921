import Archive
import ArgumentParser
import Campaigns
import Foundation

extension Bench {
    /// `whitewater-bench nightly-proof`.
    struct NightlyProof: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Run a night of every plan, kill it twice, resume it, and look at what is left.",
            discussion: """
                Fails if a run is lost or there twice, if the index is not what the folders say, if \
                anything is left behind, if a plan was found guilty that should not be, or if a night \
                whose canary has lost its bug is not red. `make nightly-proof` builds and fetches what \
                it needs. What is killed is the process that this one has started.
                """)

        @Option(help: "The campaign.")
        var campaign = "Workloads/campaigns/all-plans.yaml"

        @Option(help: "A campaign whose canary has no bug.")
        var deadCanary = "Workloads/campaigns/dead-canary.yaml"

        @Option(help: "Runs of the campaign.")
        var runs = 300

        @Option(help: "How often its process is killed on the way.")
        var kills = 2

        @Option(help: "The campaign's seed. Drawn if not given.")
        var seed: UInt64 = .random(in: 1...1_000_000)

        @Option(help: "The folder for results.")
        var results = "results/nightly-proof"

        @Option(help: "The program.")
        var program = ".build/release/whitewater"

        func run() throws {
            let night = NightProcess(
                program: program, file: campaign, results: results,
                arguments: ["--runs", "\(runs)", "--seed", "\(seed)"])
            let folder = NightFolder(
                results: results, name: try Campaign(contentsOf: campaign).name)
            var proof = try Proof(program: program, results: results)
            let idle = try IdleTime()
            let start = ContinuousClock.now
            var status: Int32 = 0
            for part in 0...kills {
                let enough = part < kills ? runs * (part + 1) / (kills + 1) : nil
                status = try night.work(
                    resuming: part > 0,
                    until: enough.map { ended in
                        { folder.ended >= ended }
                    })
                guard part < kills else { break }
                let ended = folder.ended
                print("killed after \(ended) runs had ended, with exit status \(status)")
                proof.expect(status == 128 + SIGKILL, "the night was under way when it was killed")
                try proof.expectNothingLeft(within: .seconds(20))
            }
            let wall = ContinuousClock.now - start
            try proof.judge(folder, runs: runs, status: status)
            print(try idle.words(runs: runs, over: wall))
            try judgeDeadCanary(&proof)
            try proof.expectNothingLeft(within: .seconds(20))
            print(proof.failures == 0 ? "all of it holds" : "\(proof.failures) of it do not hold")
            guard proof.failures == 0 else { throw ExitCode.failure }
        }

        private func judgeDeadCanary(_ proof: inout Proof) throws {
            let night = NightProcess(
                program: program, file: deadCanary, results: results, arguments: [])
            let status = try night.work(resuming: false, until: nil)
            let page = try String(contentsOfFile: results + "/index.html", encoding: .utf8)
            proof.expect(status == 1, "a night whose canary has no bug ends with 1, not \(status)")
            proof.expect(page.contains("A canary is dead"), "and its morning's page says so")
        }
    }
}

/// The process of a campaign, started and killed by its own number.
private struct NightProcess {
    let program: String
    let file: String
    let results: String
    let arguments: [String]

    /// Works on it to its end, or until it is enough: then the process is killed.
    ///
    /// - Returns: its exit status, or 128 and the number of the signal.
    func work(resuming: Bool, until isEnough: (() -> Bool)?) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments =
            ["campaign", file, "--results", results] + (resuming ? ["--resume"] : arguments)
        try process.run()
        while let isEnough, process.isRunning {
            guard !isEnough() else {
                kill(process.processIdentifier, SIGKILL)
                break
            }
            // Between two looks at a folder into which another process writes.
            Thread.sleep(forTimeInterval: 0.2)
        }
        process.waitUntilExit()
        let isExit = process.terminationReason == .exit
        return isExit ? process.terminationStatus : 128 + process.terminationStatus
    }
}

/// The folder of a campaign, looked at from outside.
private struct NightFolder {
    private let base: String
    private let earlier: Set<String>

    /// The folder that is made next.
    init(results: String, name: String) {
        base = "\(results)/campaigns/\(name)"
        earlier = Self.names(in: base)
    }

    var latest: String? {
        Self.names(in: base).subtracting(earlier).max().map { "\(base)/\($0)" }
    }

    private static func names(in path: String) -> Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
    }

    /// How many tries have ended.
    var ended: Int {
        guard let runs = latest.map({ $0 + "/runs" }) else { return 0 }
        return Self.names(in: runs).count {
            FileManager.default.fileExists(atPath: "\(runs)/\($0)/run.json")
        }
    }

    /// What it takes on disk, in bytes: a segment that a node has made beforehand is a hole.
    var bytes: Int {
        guard let latest, let files = FileManager.default.enumerator(atPath: latest) else {
            return 0
        }
        return files.reduce(0) { sum, file in
            var status = stat()
            guard let file = file as? String, lstat("\(latest)/\(file)", &status) == 0 else {
                return sum
            }
            return sum + Int(status.st_blocks) * 512
        }
    }
}

/// What must hold of a night, line by line.
private struct Proof {
    let program: String
    let results: String
    private let before: Surroundings
    private(set) var failures = 0

    /// One run alone may miss a bug.
    private static let fewestTries = 3

    init(program: String, results: String) throws {
        self.program = program
        self.results = results
        before = try Surroundings(naming: results)
    }

    mutating func expect(_ holds: Bool, _ words: String) {
        print("\(holds ? "holds" : "FAILS"): \(words)")
        // Between the lines of the campaign, wherever both are written.
        fflush(nil)
        if !holds { failures += 1 }
    }

    /// Waits, for the kernel ends what a killed process had started a little after it.
    mutating func expectNothingLeft(within time: Duration) throws {
        let deadline = ContinuousClock.now + time
        var left = try Surroundings(naming: results).difference(to: before)
        while !left.isEmpty, ContinuousClock.now < deadline {
            // Between two looks: the ends of grandchildren announce themselves to nobody here.
            Thread.sleep(forTimeInterval: 0.2)
            left = try Surroundings(naming: results).difference(to: before)
        }
        expect(left.isEmpty, "nothing is left behind" + left.map { "; \($0)" }.joined())
    }

    mutating func judge(_ night: NightFolder, runs: Int, status: Int32) throws {
        guard let latest = night.latest else {
            expect(false, "the campaign has a folder")
            return
        }
        let rows = try Archive(reading: results + "/index.sqlite").runs(
            of: CampaignFolder(at: latest).name)
        let last = CampaignVerdict.lastTries(rows)
        show(last)
        let tries = Dictionary(grouping: rows) { "\($0.number ?? 0).\($0.attempt ?? 0)" }
        expect(tries.values.allSatisfy { $0.count == 1 }, "every try is in the index once")
        expect(rows.count == night.ended, "the index has \(rows.count) of \(night.ended) tries")
        let made = last.count { $0.verdict != .refused }
        expect(made == runs, "\(made) of \(runs) runs were made")
        expect(
            Set(last.map { "\($0.cell) \($0.seed)" }).count == last.count, "no seed twice in a cell"
        )
        expect(
            rows.allSatisfy { row in
                (row.attempt ?? 0) == 1
                    || rows.contains {
                        $0.number == row.number && $0.attempt == 1 && $0.verdict == .failed
                    }
            }, "only what had failed was tried twice")
        expect(try index() == 0, "the index can be made anew")
        expect(
            try Archive(reading: results + "/index.sqlite").runs(
                of: CampaignFolder(at: latest).name) == rows,
            "the index made anew from the folders is the same")
        let accused = last.filter { $0.verdict == .invalid && !$0.expectsViolation }
        expect(
            accused.isEmpty,
            "no plan was found guilty that should not be"
                + accused.map { "; \($0.folder)" }.joined())
        let dead = CampaignVerdict(rows, reason: .complete).deadCanaries
        let judged = dead.filter { cell in last.count { $0.cell == cell } >= Self.fewestTries }
        expect(
            judged.isEmpty,
            "a canary with \(Self.fewestTries) runs and more was found"
                + judged.map { "; not \($0)" }.joined())
        for cell in dead where !judged.contains(cell) { print("not found, in few runs: \(cell)") }
        print("exit status \(status), \(night.bytes / 1_000_000) MB on disk")
    }

    private func show(_ rows: [RunRow]) {
        let kinds = RunRow.Verdict.allCases
        print("plan, runs: \(kinds.map(\.rawValue).joined(separator: ", "))")
        for (cell, runs) in Dictionary(grouping: rows, by: \.cell).sorted(by: { $0.key < $1.key }) {
            let counts = kinds.map { kind in "\(runs.count { $0.verdict == kind })" }
            print("  \(cell), \(runs.count): \(counts.joined(separator: ", "))")
        }
    }

    private func index() throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["index", results]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// How much of the machine does nothing meanwhile.
private struct IdleTime {
    private let start: (idle: Double, all: Double)

    init() throws { start = try Self.ticks() }

    /// Ticks of all processors: those without work, and all; the first line of proc(5)'s stat.
    private static func ticks() throws -> (idle: Double, all: Double) {
        let text = try String(contentsOfFile: "/proc/stat", encoding: .utf8)
        let numbers = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst()
            .prefix(8).compactMap { Double($0) }
        guard numbers.count >= 5 else {
            throw ValidationError("/proc/stat does not say how long processors had no work")
        }
        return (numbers[3] + numbers[4], numbers.reduce(0, +))
    }

    func words(runs: Int, over wall: Duration) throws -> String {
        let now = try Self.ticks()
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let perHour = Double(runs) * 3_600 / (wall / .seconds(1))
        return String(
            format: "%.0f runs an hour, %.0f a core; %.0f %% of %d cores had nothing to do",
            perHour,
            perHour / Double(cores), 100 * (now.idle - start.idle) / max(1, now.all - start.all),
            cores)
    }
}
