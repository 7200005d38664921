internal import Foundation
internal import Labs
internal import Plans

/// Finds the programs that a plan names: beside the plan, then on the path.
///
/// No shell is involved.
struct CommandWords: Sendable {
    private static let unpacked = [".tools/usr/bin", ".tools/usr/sbin", ".tools/bin"]

    let planFolder: String
    var advice: String?

    /// A command of the words of a plan; a word that is a file beside the plan becomes its path.
    ///
    /// - Throws: `PlanError` at the key if the program is missing.
    func command(_ words: [String], at key: String) throws(PlanError) -> NodeCommand {
        guard let first = words.first else { throw PlanError("\(key): is empty") }
        return NodeCommand(
            executable: try program(first, at: key),
            arguments: words.dropFirst().map { file($0) ?? $0 })
    }

    private func program(_ name: String, at key: String) throws(PlanError) -> String {
        if let beside = file(name) {
            guard FileManager.default.isExecutableFile(atPath: beside) else {
                throw PlanError(
                    "\(key): \(beside) cannot be executed; chmod +x it, or name the "
                        + "program that interprets it first")
            }
            return beside
        }
        // Programs that are unpacked and not installed, for that would start them.
        let here = FileManager.default.currentDirectoryPath
        let unpacked = Self.unpacked.map { "\(here)/\($0)" }
        if !name.contains("/"), let found = try? Program(name, package: name, also: unpacked) {
            return found.path
        }
        throw PlanError(
            "\(key): there is no program \(name), neither beside the plan (\(planFolder)) nor on "
                + "the path, nor in .tools" + (advice.map { "; \($0)" } ?? ""))
    }

    /// The path of a regular file beside the plan.
    private func file(_ name: String) -> String? {
        guard !name.isEmpty, !name.contains("{") else { return nil }
        let path = URL(filePath: name, relativeTo: URL(filePath: planFolder + "/")).path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            !isFolder.boolValue
        else { return nil }
        return path
    }
}
