import Foundation
import Sites
import Stores

/// Two runs by their folders, read to be put side by side.
struct CompareRuns {
    /// The folder of results, below which pages link.
    let results: String

    /// Whether a word of the command line means a run's folder, and no version or commit.
    static func isFolder(_ word: String) -> Bool {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: word, isDirectory: &isDirectory),
            isDirectory.boolValue
        else { return false }
        return word.contains("/") || FileManager.default.fileExists(atPath: word + "/results.json")
    }

    /// Both runs.
    ///
    /// - Throws: `StoreError` if a folder has no results that can be read.
    func comparison(_ left: String, _ right: String) throws -> RunComparison {
        RunComparison(try side(left), try side(right))
    }

    private func side(_ path: String) throws -> RunComparison.Side {
        let folder = RunFolder(existing: path)
        let base = URL(filePath: results).resolvingSymlinksInPath().path + "/"
        let name = folder.path.hasPrefix(base) ? String(folder.path.dropFirst(base.count)) : nil
        let hasPage = FileManager.default.fileExists(atPath: folder.page)
        return RunComparison.Side(
            name: name ?? folder.path, results: try folder.readResults(),
            plan: folder.text(of: "plan.yaml"),
            page: hasPage ? name.map { $0 + "/index.html" } : nil)
    }
}
