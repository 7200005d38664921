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
