import Faults
import Foundation
import Results
import Stores
import Testing

/// Systems that their plans declare, with clients and nodes that are programs in Python.
@Suite(.serialized) struct `A system declared in its plan` {
    private let machine = Machine()

    /// Whether `make setup-...` has unpacked a program.
    private static func isThere(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: Machine.root.appending(path: path).path)
    }

    private func arguments(_ plan: String, faults: String, time: String) -> [String] {
        [
            "test", "Workloads/\(plan).yaml", "--time-limit", time, "--seed", "3", "--faults",
            faults, "--results", machine.results,
        ]
    }

    /// A run of a system that keeps its promises.
    private func run(_ plan: String, faults: String, time: String) throws -> (Int32, String) {
        try machine.conclude(arguments(plan, faults: faults, time: time))
    }

    /// A run of one that does not.
    private func convict(_ plan: String, faults: String, time: String) throws -> (Int32, String) {
        try machine.convict(arguments(plan, faults: faults, time: time))
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
        let (status, output) = try convict("maelstrom-stale", faults: "halves", time: "9s")
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

    @Test(
        .enabled(
            if: isThere(".tools/usr/sbin/mariadbd") && isThere(".tools/python/pymysql"),
            "needs make setup-mariadb"), arguments: ["register", "append", "set"])
    func `with TiDB's client is valid on MariaDB, whatever the workload`(workload: String) throws {
        defer { machine.removeResults() }
        let (status, output) = try run(
            "systems/mariadb-\(workload)", faults: "kill-one", time: "12s")
        #expect(status == 0, "\(output)")
    }

    @Test(.enabled(if: isThere(".tools/bullseye/usr/bin/consul"), "needs make setup-consul"))
    func `on Consul is as valid as its reads are asked to be`() throws {
        defer { machine.removeResults() }
        let (status, output) = try run(
            "systems/consul-register", faults: "isolate-leader,kill-one", time: "30s")
        #expect(status == 0, "\(output)")
        let (staleStatus, staleOutput) = try convict(
            "systems/consul-stale", faults: "none", time: "15s")
        #expect(staleStatus == 1, "\(staleOutput)")
    }

    @Test(
        .enabled(
            if: isThere(".tools/bookworm/usr/sbin/nats-server")
                && isThere(".tools/trixie/usr/sbin/nats-server"), "needs make setup-nats"))
    func `on NATS is valid where guarded writes are, and found out where they are not`() throws {
        defer { machine.removeResults() }
        let (status, output) = try run("systems/nats-register", faults: "halves", time: "30s")
        #expect(status == 0, "\(output)")
        // The leader is known though NATS tells no terms.
        #expect(!output.contains("term"), "\(output)")
        let (guiltyStatus, guiltyOutput) = try convict(
            "systems/nats-guard", faults: "none", time: "30s")
        #expect(guiltyStatus == 1, "\(guiltyOutput)")
    }

    @Test(.enabled(if: isThere(".tools/python/pysyncobj"), "needs make setup-pysyncobj"))
    func `on PySyncObj is valid unless a deposed leader has had a compaction`() throws {
        defer { machine.removeResults() }
        let (status, output) = try run(
            "systems/pysyncobj-register", faults: "isolate-leader,kill-all", time: "20s")
        #expect(status == 0, "\(output)")
        let (guiltyStatus, guiltyOutput) = try convict(
            "systems/pysyncobj-compaction", faults: "isolate-leader", time: "60s")
        #expect(guiltyStatus == 1, "\(guiltyOutput)")
    }
}
