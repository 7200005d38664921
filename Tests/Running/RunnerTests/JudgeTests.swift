import Checkers
import Faults
import Foundation
import Histories
import Labs
import Plans
import Results
import Runner
import Stores
import Testing
import Topologies

@Suite struct `The verdict of a run` {
    private let plan: Plan
    private var results: RunResults

    init() throws {
        plan = try Plan(yaml: "name: x\nfaults: {kinds: [halves]}")
        results = RunResults(plan: "x", seed: 1, rerun: "again", started: "now")
        results.add(try Self.report("{:process 0 :type :invoke :f :read :value [1 nil]}"))
        for function in ["read", "write", "cas"] {
            results.counts[function] = .init()
            results.counts[function]?.ok = 100
        }
        results.faults = [Self.fault(bit: true)]
    }

    private static func report(_ text: String) throws -> Report {
        try Checker().check(History(text: text).keyed(.independent))
    }

    private static func fault(bit: Bool) -> FaultRecord {
        var record = FaultRecord(number: 1, kind: "halves", family: "partition")
        record.checks = [.init("it was seen", bit, "5 packets")]
        return record
    }

    private static let stale = """
        {:process 0 :type :invoke :f :write :value [1 1]}
        {:process 0 :type :ok :f :write :value [1 1]}
        {:process 1 :type :invoke :f :read :value [1 nil]}
        {:process 1 :type :ok :f :read :value [1 nil]}
        """

    private func judged(
        failures: [HarnessFailure] = [], _ change: (inout RunResults) throws -> Void = { _ in }
    ) throws -> RunResults {
        var results = results
        results.failures = failures
        try change(&results)
        Judge(plan: plan, functions: ["read", "write", "cas"], leastSuccesses: 10)
            .judge(&results)
        return results
    }

    @Test func `a round that a plan spells out must have reached its point`() throws {
        let plan = try Plan(
            yaml: """
                name: x
                faults: {kinds: [halves], rounds: [[{pause: leader, as: old}, {resume: old}]]}
                """)
        let judge = Judge(plan: plan, functions: [], leastSuccesses: 0)
        var results = results
        results.failures = []
        judge.judge(&results)
        #expect(results.verdict == .inconclusive)
        #expect(results.reasons.contains { $0.contains("round-1") }, "\(results.reasons)")
        var round = FaultRecord(number: 2, kind: "round-1", family: "scenario")
        round.checks = [.init("the scenario reached its point", false, "nobody led")]
        results.faults.append(round)
        judge.judge(&results)
        #expect(results.reasons.contains { $0.contains("nobody led") }, "\(results.reasons)")
        results.faults[1].checks[0].isMet = true
        judge.judge(&results)
        #expect(results.verdict == .valid)
    }

    @Test func `linearizable, all faults bit, enough successes: valid`() throws {
        #expect(try judged().verdict == .valid)
        #expect(try judged().verdict.exitStatus == 0)
    }

    @Test func `a violation is invalid, whatever fails later`() throws {
        let results = try judged(failures: [HarnessFailure(.exhausted, "the disk is full")]) {
            $0.add(try Self.report(Self.stale))
        }
        #expect(results.verdict == .invalid)
        #expect(results.verdict.exitStatus == 1)
        #expect(results.reasons.first?.contains("process 1 read nil") == true)
    }

    @Test func `a finding beside linearizability is invalid`() throws {
        let results = try judged {
            $0.findings = [.init(.panic, node: NodeName(number: 1), detail: "panic: oh no")]
        }
        #expect(results.verdict == .invalid)
    }

    @Test func `a node that ends while the machine runs out of disk proves nothing`() throws {
        let results = try judged(failures: [HarnessFailure(.exhausted, "no space left")]) {
            $0.findings = [.init(.unaskedExit, node: NodeName(number: 1), detail: "exit status 1")]
        }
        #expect(results.verdict == .failed)
        #expect(results.reasons.count == 2)
    }

    @Test func `a crash is not hidden by a harness that fails later`() throws {
        let failure = HarnessFailure(.other, "cannot kill n1: it is not running")
        let results = try judged(failures: [failure]) {
            $0.findings = [
                Finding(.unaskedExit, node: NodeName(number: 1), detail: "signal 4", time: 3)
            ]
        }
        #expect(results.verdict == .invalid)
        #expect(results.verdict.exitStatus == 1)
        #expect(results.reasons.first?.contains("n1 ended") == true)
        #expect(results.reasons.contains(failure.message))
    }

    @Test func `a node that a failing harness could not heal is not called silent`() throws {
        let results = try judged(failures: [HarnessFailure(.other, "cannot heal")]) {
            $0.findings = [Finding(.notServing, node: NodeName(number: 1), detail: "30 s")]
        }
        #expect(results.verdict == .failed)
    }

    @Test(arguments: [(0.5, RunVerdict.invalid), (20.0, .inconclusive)])
    func `a node that is silent while the harness itself is starved is not accused`(
        stalled: Double, verdict: RunVerdict
    ) throws {
        let results = try judged {
            $0.timings.load = 60
            $0.timings.ending = 40
            $0.stalls = [Stall(start: 62, end: 62 + stalled)]
            $0.findings = [Finding(.notServing, node: NodeName(number: 2), detail: "30 s")]
        }
        #expect(results.verdict == verdict)
        #expect(results.reasons.contains { $0.contains("n2 did not serve again") })
    }

    @Test func `a history that was not counted says nothing, not even a violation`() throws {
        let results = try judged(failures: [HarnessFailure(.foreignHistory, "read: 3, not 4")]) {
            $0.add(try Self.report(Self.stale))
        }
        #expect(results.verdict == .failed)
        #expect(results.verdict.exitStatus == 70)
        #expect(results.reasons.first == "read: 3, not 4")
    }

    @Test func `a harness that stood still for the better part of its faults tested nothing`()
        throws
    {
        let results = try judged {
            $0.faults[0].start = 2
            $0.faults[0].end = 5
            $0.timings.load = 60
            $0.stalls = [Stall(start: 2.1, end: 4.9)]
        }
        #expect(results.verdict == .inconclusive)
        #expect(results.reasons.contains { $0.contains("while the harness stood still") })
    }

    @Test func `a harness that stood still for much of its load tested nothing`() throws {
        let results = try judged {
            $0.timings.load = 12
            $0.stalls = [Stall(start: 6, end: 11)]
        }
        #expect(results.verdict == .inconclusive)
        #expect(results.reasons.contains { $0.contains("5.00 of 12.00 s") })
    }

    @Test func `a run without any operation is never valid`() throws {
        let results = try judged {
            $0.counts = [:]
            $0.keys = []
        }
        #expect(results.verdict == .inconclusive)
    }

    @Test func `what is missing is said beside what was not found`() throws {
        let results = try judged { $0.faults = [] }
        #expect(
            results.reasons.first?.hasPrefix(
                "no violation in 300 operations, but 1 of 1 kinds of faults never took certain effect"
            )
                == true)
    }

    @Test func `a harness that failed says nothing else`() throws {
        #expect(try judged(failures: [HarnessFailure(.other, "no more files")]).verdict == .failed)
        #expect(
            try judged(failures: [HarnessFailure(.other, "no more files")]).verdict.exitStatus == 70
        )
    }

    @Test func `a fault that never bit makes a run inconclusive`() throws {
        let results = try judged { $0.faults = [Self.fault(bit: false)] }
        #expect(results.verdict == .inconclusive)
        #expect(results.verdict.exitStatus == 2)
        #expect(results.reasons.contains { $0.contains("halves") })
        #expect(try judged { $0.faults = [] }.verdict == .inconclusive)
    }

    @Test func `too few successes of one operation make a run inconclusive`() throws {
        let results = try judged { $0.counts["cas"]?.ok = 3 }
        #expect(results.verdict == .inconclusive)
        #expect(results.reasons.last == "only 3 operations cas succeeded, of at least 10")
    }

    @Test func `an undecided key is never valid`() throws {
        let text = """
            {:process 0 :type :invoke :f :write :value [1 1]}
            {:process 0 :type :ok :f :write :value [1 1]}
            {:process 0 :type :invoke :f :write :value [1 1]}
            {:process 0 :type :ok :f :write :value [1 1]}
            """
        let report = try Checker(budget: Budget(configurations: 1))
            .check(History(text: text).keyed(.independent))
        let results = try judged { $0.add(report) }
        #expect(results.verdict == .undecided)
        #expect(results.verdict.exitStatus == 2)
        #expect(
            results.reasons == [
                "no violation in 300 operations, but 1 of 1 keys could not be decided; the plan's "
                    + "`checker` sets the limits",
                "key 1: undecided, limit of 1 configurations reached",
            ])
    }

    @Test func `a fault without evidence did not bite`() {
        var record = Self.fault(bit: true)
        record.checks = []
        #expect(!record.bit)
    }
}

@Suite struct `Run folders` {
    private func temporary() -> String {
        FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    }

    @Test func `links point at the latest run`() throws {
        let base = temporary()
        defer { try? FileManager.default.removeItem(atPath: base) }
        for started in ["20261120T000000.000Z", "20261120T000000.001Z"] {
            _ = try RunFolder(results: base, plan: "p", started: started)
        }
        let latest = URL(filePath: base + "/latest").resolvingSymlinksInPath().path
        #expect(latest.hasSuffix("/p/20261120T000000.001Z"))
        let ofPlan = URL(filePath: base + "/p/latest").resolvingSymlinksInPath().path
        #expect(ofPlan == latest)
    }

    @Test func `the name is the time to the millisecond`() {
        #expect(RunFolder.timestamp().wholeMatch(of: /\d{8}T\d{6}\.\d{3}Z/) != nil)
    }

    @Test func `a results folder that cannot be written is an error that says what to do`() {
        let error = #expect(throws: StoreError.self) {
            try RunFolder(results: "/proc/none", plan: "p", started: "s")
        }
        #expect(error?.description.contains("--results") == true)
    }

    @Test func `results read back as they were written`() throws {
        let base = temporary()
        defer { try? FileManager.default.removeItem(atPath: base) }
        let folder = try RunFolder(results: base, plan: "p", started: "s")
        var results = RunResults(plan: "p", seed: .max, rerun: "r", started: "s")
        results.verdict = .undecided
        try folder.write(results)
        let read = try folder.readResults()
        #expect(read.seed == .max)
        #expect(read.verdict == .undecided)
    }
}

@Suite struct `Stop signals` {
    @Test func `waiting ends with the signal or the time`() async {
        let stop = StopSignal()
        #expect(await !stop.wait(until: .now + .milliseconds(5)))
        let waiting = Task { await stop.wait(until: .now + .seconds(3_600)) }
        stop.stop()
        #expect(await waiting.value)
        #expect(await stop.wait(until: .now + .seconds(3_600)))
    }
}
