internal import Synchronization
public import Systems
public import Workloads

/// The systems and workloads that plans can name in this program.
///
/// The program's own are added once, before its command line is parsed, for every subcommand and
/// every process that it starts of itself reads plans.
public enum Offer {
    private static let state = Mutex((SystemCatalog.standard, WorkloadCatalog.standard))

    /// Whitewater's systems and what was added.
    public static var systems: SystemCatalog { state.withLock { $0.0 } }

    /// Whitewater's workloads and what was added.
    public static var workloads: WorkloadCatalog { state.withLock { $0.1 } }

    /// Adds some, which are found before those of the same name that are there.
    public static func add(systems: [any System.Type], workloads: [any Workload.Type]) {
        state.withLock { state in
            state = (state.0.adding(systems), state.1.adding(workloads))
        }
    }
}
