import ArgumentParser
import Faults
import Foundation
import Labs
import Netfilter
import Topologies

extension Bench {
    /// `whitewater-bench cuts`.
    struct Cuts: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cut five nodes into two halves and heal them, many times.")

        @Option(help: "How many cuts.")
        var count = 200

        /// Set by the outside process for the one inside the lab.
        @Flag(help: .hidden)
        var insideLab = false

        func run() throws {
            guard insideLab else {
                let own = Array(CommandLine.arguments.dropFirst())
                let ending = try Sandbox.enter(arguments: own + ["--inside-lab"])
                throw ending == .confirmed(0) ? ExitCode.success : ExitCode.failure
            }
            let count = count
            Task {
                do {
                    try await Self.measure(count)
                    Sandbox.confirm(status: 0)
                    Bench.exit()
                } catch {
                    Bench.exit(withError: error)
                }
            }
            dispatchMain()
        }

        private static func measure(_ count: Int) async throws {
            let clock = ContinuousClock()
            var setUps: [Duration] = []
            var cuts: [Duration] = []
            var heals: [Duration] = []
            let start = clock.now
            let network = try await LabNetwork(
                Topology(nodeCount: 5, base: IPv4Address(number: 0x0a4d_0000)))
            setUps.append(clock.now - start)
            for _ in 0..<count {
                let aiming = Aiming(order: network.topology.names.shuffled(), leader: nil)
                guard let aim = TwoSides(.halves).aim(aiming) else { continue }
                let before = clock.now
                let cut = try Cut(aim.links, of: network, named: "bench")
                cuts.append(clock.now - before)
                let between = clock.now
                try cut.heal()
                heals.append(clock.now - between)
            }
            print(Sample.heading)
            print(Sample(setUps).row("network of five namespaces"))
            print(Sample(cuts).row("cut into two halves, one commit"))
            print(Sample(heals).row("heal, one commit"))
        }
    }
}
