import Faults
import Foundation
import Results
import Stores
import Testing

/// Disks that lose power, for a user without any rights.
@Suite(.serialized) struct `Power losses without root` {
    private let machine = Machine()

    /// Runs the program as nobody, in a mount namespace in which the device has these permissions.
    private func run(_ arguments: [String], device mode: String) throws -> (Int32, String) {
        try FileManager.default.createDirectory(
            atPath: machine.results, withIntermediateDirectories: true)
        try FileManager.default.setAttributes(
            [.ownerAccountID: 65_534], ofItemAtPath: machine.results)
        let script = """
            device="$0"/fuse mode="$1"; shift
            mknod "$device" c 10 229 && chmod "$mode" "$device" || exit 90
            mount --bind "$device" /dev/fuse || exit 91
            exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
            """
        return try machine.conclude(
            ["--mount", "sh", "-c", script, machine.results, mode, Machine.program] + arguments
                + ["--results", machine.results], program: "/usr/bin/unshare")
    }

    private static let plan = [
        "test", "Workloads/raftd-power.yaml", "--time-limit", "8s", "--seed", "3", "--faults",
        "power-all",
    ]

    @Test(.enabled(if: Machine.isForAll, "needs root, to become somebody else"))
    func `strike where the device is open to the user`() throws {
        defer { machine.removeResults() }
        let (status, output) = try run(Self.plan, device: "666")
        #expect(status == 0, "\(output)")
        #expect(try machine.latest.readResults().faults.allSatisfy(\.bit))
    }

    @Test(.enabled(if: Machine.isForAll, "needs root, to become somebody else"))
    func `are refused in words where it is not, before anything starts`() throws {
        defer { machine.removeResults() }
        let (status, output) = try run(Self.plan, device: "600")
        #expect(status == 70, "\(output)")
        #expect(output.contains("chmod 666 /dev/fuse"), "\(output)")
    }
}

/// Disks that lose power, for root on a kernel without FUSE.
@Suite(.serialized, .enabled(if: Machine.isForAll, "needs root, to mount ext4"))
struct `Power losses without FUSE` {
    private let machine = Machine()

    /// A command for a mount namespace in which /dev/fuse is the device of no driver.
    private func command(_ arguments: [String]) throws -> [String] {
        try FileManager.default.createDirectory(
            atPath: machine.results, withIntermediateDirectories: true)
        let script = """
            device="$0"/fuse
            mknod "$device" c 240 99 || exit 90
            mount --make-rprivate / && mount --bind "$device" /dev/fuse || exit 91
            exec "$@"
            """
        return ["--mount", "sh", "-c", script, machine.results, Machine.program] + arguments
            + ["--results", machine.results]
    }

    private static let plan = [
        "test", "Workloads/self-test/power.yaml", "--time-limit", "12s", "--seed", "3", "--faults",
        "power-all",
    ]

    /// Files of this test behind loop devices.
    private func loops() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/sys/block").compactMap {
            try? String(contentsOfFile: "/sys/block/\($0)/loop/backing_file", encoding: .utf8)
        }.filter { $0.contains(machine.results) }
    }

    @Test func `strike ext4, find who acknowledges before it syncs, and leave nothing`() throws {
        defer { machine.removeResults() }
        let mutant = URL(filePath: Machine.program).deletingLastPathComponent()
            .appending(path: "raftd-mutant").path
        let (status, output) = try machine.run(
            try command(Self.plan + ["--binary", mutant, "--stop-at-first"]),
            program: "/usr/bin/unshare", environment: ["WHITEWATER_MUTANT": "29"])
        #expect(status == 1, "\(output)")
        #expect(
            !FileManager.default.fileExists(atPath: machine.latest.path + "/nodes/n1/data.ext4"))
        #expect(try loops() == [])
    }

    @Test func `on ext4 acquit the true node`() throws {
        defer { machine.removeResults() }
        let (status, output) = try machine.run(
            try command(Self.plan), program: "/usr/bin/unshare")
        // The moments at which something is not synced are short, and ext4 waits for none: that no
        // loss took anything is an answer too.
        #expect(status == 0 || status == 2, "\(output)")
    }

    @Test func `are refused in words where a plan asks for more`() throws {
        defer { machine.removeResults() }
        let (status, output) = try machine.conclude(
            try command(["test", "Workloads/raftd-disks.yaml"]), program: "/usr/bin/unshare")
        #expect(status == 70, "\(output)")
        #expect(output.contains("needs FUSE, and not ext4 on a loop device"), "\(output)")
    }

    @Test func `leave no mount and no loop device when the harness is killed`() throws {
        defer { machine.removeResults() }
        let before = Machine.surroundings()
        let (process, _) = try machine.start(
            try command(Self.plan), program: "/usr/bin/unshare")
        machine.awaitHistory(longerThan: 20_000)
        #expect(try loops().count == 3)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(
            Machine.await({ (try? loops().isEmpty) == true }, within: .seconds(10)),
            "loop devices are left")
        #expect(Machine.surroundings() == before)
    }
}
