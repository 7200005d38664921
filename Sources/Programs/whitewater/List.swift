import ArgumentParser
import Faults
import Models
import Runner
import Systems
import Workloads

extension Whitewater {
    /// `whitewater list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what plans and options can name.")

        enum What: String, ExpressibleByArgument, CaseIterable {
            case systems, workloads, faults, models
        }

        @Argument(help: "systems, workloads, faults or models.")
        var what: What

        @Option(help: "The folder of plans, of which some declare systems.")
        var plans = DeclaredPlans.committed

        func run() {
            let rows: [(String, String)] =
                switch what {
                case .systems: systems
                case .workloads: Offer.workloads.all.map { ($0.name, $0.summary) }
                case .faults: faults
                case .models: ModelCatalog.all.map { ($0.name, $0.summary) }
                }
            let width = rows.map(\.0.count).max() ?? 0
            for (name, summary) in rows {
                Console.line(name + String(repeating: " ", count: width - name.count + 2) + summary)
            }
        }

        private var systems: [(String, String)] {
            Offer.systems.all.map { ($0.name, $0.summary) }
                + DeclaredPlans(folder: plans).all.map { ($0.file, $0.summary) }
        }

        private var faults: [(String, String)] {
            FaultCatalog.all.map { ("\($0.name)", $0.summary) }
                + FaultCatalog.families.map { ("\($0)", "any fault of the family \($0)") } + [
                    (
                        "kill-.../NAME, pause-.../NAME",
                        "one process of each node, where the plan's system has several"
                    )
                ]
        }
    }
}
