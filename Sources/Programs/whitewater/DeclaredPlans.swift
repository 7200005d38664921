import Foundation
import Labs
import Plans
import Runner
import Systems

/// The plans of a folder, and of those in it, that declare their system themselves.
struct DeclaredPlans {
    /// The systems that are nothing without what a plan says of them.
    static let generic: Set<String> = [ExecSystem.name, MaelstromSystem.name]

    /// The committed plans: here in a clone, else those that were installed with this program.
    static var committed: String {
        let installed = URL(filePath: Sandbox.executable).deletingLastPathComponent()
            .appending(path: "../share/whitewater/Workloads").standardized.path
        return ["Workloads", installed].first(where: FileManager.default.fileExists(atPath:))
            ?? "Workloads"
    }

    /// Each plan that declares one, with its file and the comment that it begins with.
    let all: [(file: String, experiment: Experiment, summary: String)]

    /// Those of a folder; a plan that cannot be read is left to `whitewater test` to complain of.
    init(folder: String) {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        all = names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { name in
            let file = folder + "/" + name
            guard let experiment = try? Experiment(PlanFile(file), seed: 1),
                Self.generic.contains(experiment.plan.system.name)
            else { return nil }
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            let comment = text.split(separator: "\n").first.map(String.init) ?? ""
            return (file, experiment, comment.hasPrefix("# ") ? String(comment.dropFirst(2)) : "")
        }
    }
}
