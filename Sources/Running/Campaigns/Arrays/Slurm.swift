internal import Labs

/// A cluster under Slurm, through the commands that its users know.
struct Slurm: Sendable {
    /// What the queue says of a job.
    enum Queue: Hashable, Sendable {
        /// So many tasks in each state, `PENDING` or `RUNNING`; none at all once it is over.
        case tasks([String: Int])
        /// The controller does not answer, which says nothing of the job: in its own words.
        case silent(String)
    }

    private let sbatch: Program
    private let squeue: Program
    private let scancel: Program
    private let scontrol: Program

    /// The cluster that this machine belongs to.
    ///
    /// - Throws: `LabError` that names the package, if this machine has no Slurm.
    init() throws(LabError) {
        let package = "slurm-client"
        sbatch = try Program("sbatch", package: package)
        squeue = try Program("squeue", package: package)
        scancel = try Program("scancel", package: package)
        scontrol = try Program("scontrol", package: package)
    }

    /// How many tasks an array may have.
    ///
    /// - Throws: `LabError` if the controller does not answer.
    func mostTasks() async throws -> Int {
        let configuration = try await scontrol.run(["show", "config"])
        guard
            let line = configuration.split(separator: "\n").first(where: {
                $0.hasPrefix("MaxArraySize")
            }), let value = line.split(separator: " ").last.flatMap({ Int($0) })
        else { return Self.usualMostTasks }
        return value
    }

    /// Slurm's own default of `MaxArraySize`.
    private static let usualMostTasks = 1_001

    /// Submits a script.
    ///
    /// - Returns: the job's number.
    /// - Throws: `LabError` with what Slurm says.
    func submit(_ script: String) async throws -> String {
        let answer = try await sbatch.run(["--parsable", script])
        return String(answer.prefix { $0.isNumber })
    }

    /// Looks for the tasks of a job's name.
    func queue(of name: String) async -> Queue {
        do {
            let answer = try await squeue.run(
                ["--noheader", "--array", "--name=\(name)", "--format=%T"])
            let states = answer.split(whereSeparator: \.isWhitespace).map(String.init)
            return .tasks(Dictionary(states.map { ($0, 1) }, uniquingKeysWith: +))
        } catch {
            return .silent("\(error)")
        }
    }

    /// Ends all tasks of a job's name in good order: waiting ones never start, others are told.
    ///
    /// - Throws: `LabError` if the controller does not answer.
    func cancel(_ name: String) async throws { try await scancel.run(["--name=\(name)"]) }
}
