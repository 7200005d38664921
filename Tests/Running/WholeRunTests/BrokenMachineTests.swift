import Testing

/// raftd on disks that lose, tear and forget, and by clocks that are wrong.
@Suite(.serialized) struct `raftd on a broken machine` {
    private let machine = Machine()

    /// Each plan with the time that its faults and rounds take.
    private static let plans = [
        ("raftd-power", "18s"), ("raftd-torn", "18s"), ("raftd-disks", "22s"),
        ("raftd-clocks", "22s"), ("raftd-damage", "18s"), ("self-test/damage", "18s"),
    ]

    @Test(arguments: plans)
    func `the plans that break disks and clocks acquit the true node`(
        plan: String, time: String
    ) throws {
        defer { machine.removeResults() }
        let (status, output) = try machine.conclude([
            "test", "Workloads/\(plan).yaml", "--seed", "1", "--time-limit", time, "--results",
            machine.results,
        ])
        #expect(status == 0, "\(output)")
    }
}
