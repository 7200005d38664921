import ArgumentParser
import Clocks
import Disks
import Foundation
import Labs
import Plans
import Runner
import Systems
import Topologies

extension Whitewater {
    /// `whitewater doctor`.
    struct Doctor: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prove that this machine can run tests, and say what is missing.",
            discussion: """
                Makes a throw-away lab, cuts its network, holds and slows packets, and says for \
                everything that does not work what to install or enable. Exits with 0 if all that \
                is needed is there, with 70 if not; what is marked "optional" some faults or \
                systems need.
                """)

        @Option(help: "The folder for results, whose free space is looked at.")
        var results = "results"

        /// Set by the outside process for the one inside the lab.
        @Flag(help: .hidden)
        var insideLab = false

        func run() throws {
            guard !insideLab else { Self.examineInside() }
            let examination = Examination()
            let outside = examination.outside() + [examination.disk(at: results)]
            Self.show(outside)
            Self.showSystems()
            guard !Self.isIll(outside) else { throw Exit.failure }
            let ending = try Sandbox.enter(arguments: ["doctor", "--inside-lab"])
            let status = Exit.status(of: ending, results: nil)
            guard status == 0 else { throw ExitCode(status) }
            Console.line("This machine can run tests.")
        }

        private static func examineInside() -> Never {
            Sandbox.listen { message in
                if message == nil { _exit(Exit.failure.rawValue) }
            }
            Task {
                let findings = await Examination().inside() + [disks(), await ext4()] + [clocks()]
                show(findings)
                let status = isIll(findings) ? Exit.failure.rawValue : 0
                Sandbox.confirm(status: status)
                Foundation.exit(status)
            }
            dispatchMain()
        }

        /// A child of this process whose clock is moved, for faults of clocks.
        private static func clocks() async -> Examination.Finding {
            let rule = TracingRule.current.advice
            do {
                let ahead = try await ClockProof.run { () throws(ClockError) in
                    try ClockTracer(program: Sandbox.executable, arguments: ["trace-clocks"])
                }
                return .there(
                    "clocks",
                    "a child was \(ahead.components.seconds) s ahead of the kernel; \(rule)",
                    needed: false)
            } catch {
                return .missing("clocks", "clock-... faults: \(error); \(rule)", needed: false)
            }
        }

        /// Whether disks that can lose power can be had.
        private static func disks() -> Examination.Finding {
            do {
                try MountedDisk.probe()
                return .there(
                    "FUSE",
                    "a disk was mounted: power-* and disk-* work; corrupt-one and wipe-one need none",
                    needed: false)
            } catch {
                return .missing(
                    "FUSE",
                    "power-* and disk-* need it, corrupt-one and wipe-one do not; \(error)",
                    needed: false)
            }
        }

        /// What is used where FUSE cannot be had.
        private static func ext4() async -> Examination.Finding {
            do {
                try await Ext4Disk.probe()
                let isUsed = (try? MountedDisk.probe()) == nil
                return .there(
                    "ext4",
                    "one on a loop device lost power: "
                        + (isUsed ? "power-* use it" : "power-* could use it, and use FUSE"),
                    needed: false)
            } catch {
                return .missing(
                    "ext4", "power-* would use it where FUSE is missing; \(error)", needed: false)
            }
        }

        private static func isIll(_ findings: [Examination.Finding]) -> Bool {
            findings.contains { !$0.isThere && $0.isNeeded }
        }

        private static func show(_ findings: [Examination.Finding]) {
            let width = max(16, findings.map(\.name.count).max() ?? 0)
            for finding in findings {
                let state =
                    finding.isThere ? "ok      " : finding.isNeeded ? "MISSING " : "optional"
                let name = finding.name.padding(toLength: width, withPad: " ", startingAt: 0)
                Console.line("\(state)  \(name)  \(finding.detail)")
            }
        }

        private static func showSystems() {
            let done = DispatchSemaphore(value: 0)
            Task.detached {
                show(await systems())
                done.signal()
            }
            done.wait()
        }

        /// The programs of the systems that can be tested, with their versions.
        private static func systems() async -> [Examination.Finding] {
            var findings: [Examination.Finding] = []
            let known = Offer.systems.all.filter {
                !DeclaredPlans.generic.contains($0.name)
            }
            for definition in known {
                do {
                    let plan = try Plan(yaml: "name: doctor\nsystem: {name: \(definition.name)}")
                    let system = try definition.make(
                        SystemSetup(
                            settings: PlanSettings(
                                plan.system, of: "system", keys: definition.options),
                            plan: plan, planFolder: ".",
                            topology: Topology(nodeCount: 1, base: IPv4Address(number: 0))))
                    findings.append(
                        .there(definition.name, try await system.version(), needed: false))
                    try await system.close()
                } catch {
                    findings.append(.missing(definition.name, "\(error)", needed: false))
                }
            }
            for declared in DeclaredPlans(folder: DeclaredPlans.committed).all {
                let name = declared.experiment.plan.name
                do {
                    let system = try declared.experiment.makeSystem()
                    findings.append(.there(name, try await system.version(), needed: false))
                    try await system.close()
                } catch {
                    findings.append(.missing(name, "\(error)", needed: false))
                }
            }
            return findings
        }
    }
}
