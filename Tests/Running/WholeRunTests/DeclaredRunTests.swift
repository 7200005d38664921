import Faults
import Foundation
import Results
import Stores
import Testing

/// Systems that their plans declare, with clients and nodes that are programs in Python.
@Suite(.serialized) struct `A system declared in its plan` {
    private let machine = Machine()

    private func run(_ plan: String, faults: String, time: String) throws -> (Int32, String) {
        try machine.conclude(machine.declared(plan, faults: faults, time: time))
    }

    @Test func `with a client in Python is as valid as it is known to be`() throws {
        defer { machine.removeResults() }
        let (status, output) = try run("exec-etcd", faults: "isolate-leader,kill-one", time: "15s")
        #expect(status == 0, "\(output)")
        let clients = try FileManager.default.contentsOfDirectory(
            atPath: machine.latest.path + "/clients")
        #expect(clients.contains("w0.log") && clients.contains("w9.log"))
    }

    @Test func `is run again from its folder, which is not where its programs are`() throws {
        defer { machine.removeResults() }
        let (first, said) = try run("maelstrom-raft", faults: "kill-one", time: "10s")
        #expect([0, 2].contains(first), "\(said)")
        let found = try machine.latest.readResults()
        #expect(found.planFolder == Machine.root.appending(path: "Workloads").path)
        let (status, output) = try machine.run([
            "reproduce", machine.results + "/latest", "--times", "1",
        ])
        #expect(status == 0, "\(output)")
        #expect(output.contains("of 1"), "a run was made: \(output)")
    }

    @Test func `that init has written gets a verdict at once, not an excuse`() throws {
        defer { machine.removeResults() }
        try FileManager.default.createDirectory(
            atPath: machine.results, withIntermediateDirectories: true)
        let (made, written) = try machine.run(["init", "mine", "--folder", machine.results])
        #expect(made == 0, "\(written)")
        let (status, output) = try machine.conclude([
            "test", machine.results + "/mine.yaml", "--seed", "1", "--results", machine.results,
        ])
        #expect(status == 0, "\(output)")
    }

    @Test func `in Maelstrom's protocol is valid if it is right`() throws {
        defer { machine.removeResults() }
        let (status, output) = try run(
            "maelstrom-raft", faults: "isolate-leader,kill-one", time: "16s")
        #expect(status == 0, "\(output)")
    }

    @Test func `in Maelstrom's protocol is found out if it is wrong`() throws {
        defer { machine.removeResults() }
        let (status, output) = try machine.convict(
            machine.declared("maelstrom-stale", faults: "halves", time: "9s")
                + ["--stop-at-first"])
        #expect(status == 1, "\(output)")
    }

    @Test func `of two processes a node is struck as a whole, or one of them by name`() throws {
        defer { machine.removeResults() }
        let (status, output) = try machine.conclude([
            "test", "Tests/Running/WholeRunTests/twofold/twofold.yaml", "--seed", "3",
            "--results", machine.results,
        ])
        #expect(status == 0, "\(output)")
        let faults = try machine.latest.readResults().faults
        for kind in ["kill-one/store", "pause-one/front", "kill-leader/store"] {
            let checks = faults.filter { "\($0.kind)" == kind && $0.bit }.flatMap(\.checks)
            #expect(
                checks.contains {
                    $0.demand == "the other processes of the node ran on" && $0.isMet
                }, "\(kind) bit one process and spared the other")
        }
        let logs = try FileManager.default.contentsOfDirectory(
            atPath: machine.latest.path + "/nodes/n1")
        #expect(
            Set(logs).isSuperset(of: [
                "store.stderr.log", "store.stdout.log", "front.stderr.log", "front.stdout.log",
            ]))
        // Once at the start, and again only after a kill of the whole node.
        let words = try String(
            contentsOfFile: machine.latest.path + "/nodes/n1/front.stderr.log", encoding: .utf8)
        #expect(words.hasPrefix("the store is there\n"))
    }
}
