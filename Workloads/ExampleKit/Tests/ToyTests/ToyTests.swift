import Foundation
import PlanRuns
import Testing

/// Plans as tests: each runs in a lab of its own, by this package's harness.
@Suite(.serialized) struct ToyTests {
    private let package = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private func run(_ options: [String] = []) -> PlanRun {
        PlanRun(
            plan: package + "/Plans/toy.yaml", program: "toy-whitewater",
            options: ["--seed", "1"] + options,
            results: FileManager.default.temporaryDirectory
                .appending(path: "toy-\(UUID().uuidString)").path)
    }

    @Test func `the toy keeps its promises while packets are lost and nodes are frozen`() throws {
        let run = run()
        defer { try? FileManager.default.removeItem(atPath: run.results) }
        let results = try run.require(.valid)
        #expect(results.faults.allSatisfy { $0.bit })
    }

    @Test func `the toy forgets everything when its first node is killed, and the test says so`()
        throws
    {
        let run = run(["--faults", "kill-leader", "--nodes", "1"])
        defer { try? FileManager.default.removeItem(atPath: run.results) }
        let explanation = #expect(throws: PlanRunError.self) { try run.require(.valid) }
        #expect(explanation?.description.contains("toy is invalid, not valid") == true)
        #expect(explanation?.description.contains("read") == true)
    }
}
