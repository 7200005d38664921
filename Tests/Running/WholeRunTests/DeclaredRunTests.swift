import Foundation
import Stores
import Testing

/// Systems that their plans declare, with clients and nodes that are programs in Python.
@Suite(.serialized) struct `A system declared in its plan` {
    private let machine = Machine()

    private func run(_ plan: String, faults: String, time: String) throws -> (Int32, String) {
        try machine.run([
            "test", "Workloads/\(plan).yaml", "--time-limit", time, "--seed", "3", "--faults",
            faults, "--results", machine.results,
        ])
    }

    @Test func `with a client in Python is as valid as it is known to be`() throws {
        defer { machine.removeResults() }
        let (status, output) = try run("exec-etcd", faults: "isolate-leader,kill-one", time: "15s")
        #expect(status == 0, "\(output)")
        let clients = try FileManager.default.contentsOfDirectory(
            atPath: machine.latest.path + "/clients")
        #expect(clients.contains("w0.log") && clients.contains("w9.log"))
    }

    @Test func `in Maelstrom's protocol is valid if it is right`() throws {
        defer { machine.removeResults() }
        let (status, output) = try run(
            "maelstrom-raft", faults: "isolate-leader,kill-one", time: "16s")
        #expect(status == 0, "\(output)")
    }

    @Test func `in Maelstrom's protocol is found out if it is wrong`() throws {
        defer { machine.removeResults() }
        let (status, output) = try run("maelstrom-stale", faults: "halves", time: "9s")
        #expect(status == 1, "\(output)")
    }
}
