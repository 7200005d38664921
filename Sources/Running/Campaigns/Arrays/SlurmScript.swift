/// The script that Slurm runs for each task of a campaign's array: pure text.
struct SlurmScript: Hashable, Sendable {
    /// The job's name, which no other job has: by it the array is found again.
    let name: String
    /// Where the array lies.
    let folder: String
    /// The whitewater that each machine runs.
    let program: String
    /// What is in it.
    let plan: ArrayPlan

    /// So long before a partition's limit of time runs end in good order.
    private static let farewell = Duration.seconds(90)

    /// The script.
    ///
    /// - `--requeue`: a task whose machine dies is started anew elsewhere.
    /// - `exec`: what Slurm signals is the task itself.
    /// - What a site wants besides, a partition or an account, sbatch takes from its own variables.
    var text: String {
        let limit = plan.parallel.map { "%\($0)" } ?? ""
        return """
            #!/bin/sh
            #SBATCH --job-name=\(name)
            #SBATCH --array=0-\(plan.tasks.count - 1)\(limit)
            #SBATCH --cpus-per-task=\(plan.share.cores)
            #SBATCH --mem=\(plan.share.megabytes)M
            #SBATCH --requeue
            #SBATCH --open-mode=append
            #SBATCH --signal=B:TERM@\(Self.farewell.components.seconds)
            #SBATCH --output="\(folder.replacing("%", with: "%%"))/output/%a.txt"
            exec \(Self.quoted(program)) campaign-task \(Self.quoted(folder)) \\
                --task "$SLURM_ARRAY_TASK_ID" --restart "${SLURM_RESTART_COUNT:-0}"

            """
    }

    /// A word as a shell reads it back.
    private static func quoted(_ word: String) -> String {
        "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
