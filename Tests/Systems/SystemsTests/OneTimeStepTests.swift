import Foundation
import Labs
import Plans
import Systems
import Testing
import Topologies

/// What a plan wants done once, before its cluster is one.
@Suite struct `A one-time step` {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "whitewater-once-\(UUID().uuidString)").path

    private func system(_ once: String) throws -> ExecSystem {
        let plan = try Plan(
            yaml: """
                name: x
                system:
                  name: exec
                  start: [sleep, "1"]
                  client: [cat]
                  once: [sh, -c, '\(once)']
                """)
        return try ExecSystem(
            SystemSetup(
                settings: PlanSettings(plan.system, of: "system", keys: ExecSystem.options),
                plan: plan, planFolder: folder,
                topology: Topology(nodeCount: 3, base: try #require(IPv4Address("10.77.0.0"))),
                runFolder: folder))
    }

    @Test func `is tried again until it succeeds, with what is the first node's`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let system = try system(
            #"mkdir -p "{folder}"; echo "{first}" >> "{folder}/tries"; [ $(wc -l < "{folder}/tries") = 3 ]"#
        )
        try await system.prepare(within: .seconds(300))
        let tries = try String(contentsOfFile: folder + "/nodes/n1/tries", encoding: .utf8)
        #expect(tries == "10.77.0.1\n10.77.0.1\n10.77.0.1\n")
        try await system.close()
    }

    @Test func `that never succeeds ends with what it said`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let system = try system("echo no quorum >&2; exit 3")
        let error = await #expect(throws: PlanError.self) {
            try await system.prepare(within: .milliseconds(300))
        }
        #expect(error?.message.contains("system.once") == true)
        #expect(error?.message.contains("no quorum") == true)
        try await system.close()
    }
}
