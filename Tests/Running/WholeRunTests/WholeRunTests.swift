import Faults
import Foundation
import Histories
import Results
import Stores
import Testing

/// The program itself, as a user runs it, on real processes in real namespaces.
@Suite(.serialized) struct `Whole runs` {
    private let machine = Machine()

    private var results: String { machine.results }
    private var latest: RunFolder { machine.latest }

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        try machine.run(arguments)
    }

    @Test(arguments: [("quickstart", 3, "23s"), ("etcd-register", 5, "27s")])
    func `a healthy Raft is valid, and every fault has its evidence`(
        plan: String, nodes: Int, time: String
    ) throws {
        defer { try? FileManager.default.removeItem(atPath: results) }
        let (status, output) = try machine.conclude([
            "test", "Workloads/\(plan).yaml", "--time-limit", time, "--seed", "3",
            "--faults", "halves,isolate-leader,kill-one,pause-leader", "--results", results,
        ])
        #expect(status == 0, "\(output)")
        let stored = try latest.readResults()
        #expect(stored.verdict == .valid)
        #expect(
            Set(stored.faults.map(\.kind))
                == ["halves", "isolate-leader", "kill-one", "pause-leader"])
        #expect(stored.faults.allSatisfy { $0.bit })
        let cut = try #require(stored.faults.first { $0.kind == "halves" })
        #expect(cut.links.count == 2 * (nodes / 2) * (nodes - nodes / 2))
        #expect(cut.links.reduce(0) { $0 + $1.droppedPackets } > 0)
        for file in ["plan.yaml", "history.edn", "whitewater.log", "index.html"] {
            #expect(FileManager.default.fileExists(atPath: latest.path + "/" + file), "\(file)")
        }
        #expect(!FileManager.default.fileExists(atPath: latest.path + "/nodes/n1/data"))
        let history = try History(contentsOf: latest.history)
        #expect(
            history.nemesis.map(\.function)
                == Array(repeating: ["inject", "heal"], count: stored.faults.count)
                .flatMap(\.self))
    }

    @Test func `members of etcd come and go, and new ones take the places of lost ones`() throws {
        defer { try? FileManager.default.removeItem(atPath: results) }
        let (status, output) = try machine.conclude([
            "test", "Workloads/etcd-members.yaml", "--time-limit", "25s", "--seed", "3",
            "--faults", "remove-one,replace-one,transfer", "--results", results,
        ])
        #expect(status == 0, "\(output)")
        let stored = try latest.readResults()
        #expect(stored.faults.allSatisfy { $0.bit })
        #expect(
            Set(stored.faults.map(\.kind)).isSuperset(of: ["remove-one", "replace-one", "transfer"])
        )
    }

    @Test func `stale reads are found, and named with the write that they missed`() throws {
        defer { try? FileManager.default.removeItem(atPath: results) }
        let (status, output) = try machine.convict([
            "test", "Workloads/etcd-serializable.yaml", "--time-limit", "15s", "--seed", "1",
            "--faults", "halves,isolate-leader", "--results", results,
        ])
        #expect(status == 1, "\(output)")
        let stored = try latest.readResults()
        #expect(stored.verdict == .invalid)
        let contradiction = try #require(stored.keys.compactMap(\.contradiction).first)
        let history = try History(contentsOf: latest.history).keyed(.independent)
        #expect(history.operations[contradiction.culprit].function == "read")
        let missed = try #require(contradiction.missed)
        #expect(["write", "cas"].contains(history.operations[missed].function))
        #expect(FileManager.default.fileExists(atPath: latest.path + "/nodes/n1/data"))
        let excerpts = try FileManager.default.contentsOfDirectory(
            atPath: latest.path + "/contradictions")
        #expect(!excerpts.isEmpty)
        let again = try run(["check", latest.path + "/contradictions"])
        #expect(again.status == 1)
        #expect(!again.output.contains("\tlinearizable"), "each contradicts itself")
        for file in ["index.html", "rate.svg", "latency.svg", "timeline.svg"] {
            try FileManager.default.removeItem(atPath: latest.path + "/" + file)
        }
        let analysis = try run(["analyze", latest.path])
        #expect(analysis.status == 1)
        // Cut nodes go on answering such reads, so there need not have been an outage.
        let outage = try #require(try latest.readResults().digest).worstOutage
        #expect(analysis.output.contains("worst outage") == (outage != nil))
        #expect(analysis.output.contains("worst:"), "\(analysis.output)")
        for file in ["index.html", "rate.svg", "latency.svg", "timeline.svg"] {
            #expect(FileManager.default.fileExists(atPath: latest.path + "/" + file), "\(file)")
        }
        #expect(try latest.readResults().keys.compactMap(\.contradiction).count >= 1)
        #expect(try run(["report", latest.path]).status == 0)
        let check = try run(["check", latest.history])
        #expect(check.status == 1)
        #expect(check.output.contains("\tviolation"))
    }

    @Test(arguments: [
        (["test", "Workloads/none.yaml"], "there is no such file"),
        (["test", "Workloads"], "is a folder, not a plan"),
        (["test", "Workloads/quickstart.yaml", "--time-limit", "soon"], "write 60s"),
        (["test", "Workloads/quickstart.yaml", "--faults", "halfs"], "did you mean 'halves'"),
        (["test", "Workloads/quickstart.yaml", "--nodes", "0"], "between 1 and 99"),
        (["tset"], "did you mean 'test'?"),
        (["check", "/nowhere.edn"], "no such file"),
        (["check", "Makefile"], "found"),
        (["check", "x.edn", "--model", "stak"], "did you mean 'stack'"),
        (["check"], "name a history file"),
        (["check", "x.edn", "--missing-completion", "maybe"], "is invalid"),
        (["generate", "--ops", "0"], "between 1 and 1000000000"),
        (["generate", "--ops", "9223372036854775807"], "between 1 and 1000000000"),
        (["list", "everything"], "is invalid"),
        (["report", "/nowhere"], "whitewater check /nowhere/history.edn"),
        (["analyze", "/nowhere"], "results.json"),
    ])
    func `wrong usage exits with 64 and says what to do`(
        arguments: [String], message: String
    ) throws {
        let (status, output) = try run(arguments)
        #expect(status == 64, "\(output)")
        #expect(output.contains(message), "\(output)")
    }

    @Test func `the doctor proves what a run needs, and what faults need`() throws {
        let (status, output) = try run(["doctor"])
        #expect(status == 0, "\(output)")
        for name in [
            "unshare", "raftd", "etcd", "legacy tables", "nft tables", "network", "NFQUEUE", "tbf",
        ] {
            let line = output.split(separator: "\n").first { $0.contains("  \(name) ") }
            #expect(line?.hasPrefix("ok ") == true, "\(name)")
        }
        #expect(output.contains("netem"))
        #expect(output.contains("This machine can run tests."))
    }

    @Test(arguments: ["--every", "--length", "--operation-timeout"])
    func `a rhythm that means nothing is refused by the name of its option`(option: String) throws {
        let (status, output) = try run(["test", "Workloads/quickstart.yaml", option, "soon"])
        #expect(status == 64, "\(output)")
        #expect(output.contains("\(option): 'soon' is no"), "\(output)")
    }

    @Test func `where a machine cannot reach itself a run is refused in words, and does not hang`()
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: results) }
        let user = geteuid() == 0 ? [] : ["--user", "--map-root-user"]
        let (status, output) = try machine.run(
            user + [
                "--net", "--", Machine.program, "test", "Workloads/quickstart.yaml", "--results",
                results,
            ], program: "/usr/bin/unshare")
        #expect(status == 70, "\(output)")
        #expect(output.contains("the loopback interface is down"), "\(output)")
        #expect(output.contains("ip link set lo up"))
    }

    @Test func `a program that does not start is a set-up failure, never a verdict`() throws {
        defer { try? FileManager.default.removeItem(atPath: results) }
        let (status, output) = try run([
            "test", "Workloads/quickstart.yaml", "--binary", "/bin/false", "--results", results,
        ])
        #expect(status == 70, "\(output)")
        let stored = try latest.readResults()
        #expect(stored.verdict == .failed)
        #expect(stored.ending == .notSetUp)
        #expect(stored.keys.isEmpty)
        let page = try String(contentsOfFile: latest.page, encoding: .utf8)
        #expect(page.contains("Failed: the run could not be set up"))
    }
}
