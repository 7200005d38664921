import Plans
import Runner
import Testing

/// Faults of processes against systems that have them, or have not.
@Suite struct `A fault that names a process` {
    private func experiment(_ system: String, _ faults: String) throws(PlanError) -> Experiment {
        try Experiment(
            PlanFile(yaml: "name: x\nsystem: \(system)\nfaults: {\(faults)}"), seed: 1)
    }

    private static let exec =
        "{name: exec, client: [c], processes: {pd: {start: [a]}, tikv: {start: [b]}}}"

    @Test func `needs a system with that process`() throws {
        _ = try experiment(Self.exec, "kinds: [kill-one/tikv]")
        let error = #expect(throws: PlanError.self) {
            try experiment(Self.exec, "kinds: [kill-one/tikw]")
        }
        #expect(
            error?.message.contains("unknown process 'tikw'; did you mean 'tikv'? There are: pd")
                == true)
        let other = #expect(throws: PlanError.self) {
            try experiment("raftd", "kinds: [pause-one/tikv]")
        }
        #expect(other?.message.contains("a node of raftd is one process here") == true)
    }

    @Test func `of clocks is refused where a node is several processes`() {
        let error = #expect(throws: PlanError.self) {
            try experiment(Self.exec, "kinds: [clock-bump-one]")
        }
        #expect(error?.message.contains("moves the clock of one process") == true)
    }
}
