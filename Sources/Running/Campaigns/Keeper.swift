internal import Archive
internal import Foundation
internal import Stores

/// Decides what of a run stays on disk, so that a night of hundreds of runs stays small.
struct Keeper {
    /// What every run keeps, for the index can be made anew from it.
    private static let summary: Set<String> = ["results.json", "plan.yaml", "index.html"]

    let folder: CampaignFolder
    let campaign: Campaign
    let archive: Archive

    /// Shrinks a run that is not worth its room, and older examples where this one is better.
    ///
    /// - Throws: the error of the file system or of the archive.
    func keep(_ row: RunRow, in place: String) throws {
        guard let run = folder.run(in: place) else { return }
        if row.failures.isEmpty {
            if !campaign.keep.wholeValidRuns { try shrink(run.path) }
            return
        }
        let names = Set(row.failures.map(\.signature))
        let runs = try archive.runs(of: folder.name).filter { $0.folder != row.folder } + [row]
        let wanted = wanted(of: runs)
        for other in runs where !names.isDisjoint(with: other.failures.map(\.signature)) {
            guard !wanted.contains(other.folder) else { continue }
            try shrink(other.folder == row.folder ? run.path : path(of: other))
        }
    }

    /// Shrinks all runs of this campaign's nights that are older than it keeps them.
    ///
    /// - Parameter now: The time, in seconds since 1970.
    /// - Throws: the error of the file system or of the archive.
    func forgetOldNights(now: Double) throws {
        guard let days = campaign.keep.days else { return }
        for night in folder.nights() {
            // A folder that is no campaign's is left alone.
            guard let ticket = try? night.ticket() else { continue }
            guard ticket.began < now - Double(days) * 86_400 else { continue }
            for row in try archive.runs(of: night.name) { try shrink(path(of: row)) }
        }
    }

    /// The folders of the runs that show some failure best.
    private func wanted(of runs: [RunRow]) -> Set<String> {
        let names = Set(runs.flatMap { $0.failures.map(\.signature) })
        return Set(
            names.flatMap { name in
                Clarity.sorted(runs, showing: name).prefix(campaign.keep.examples).map(\.folder)
            })
    }

    private func path(of row: RunRow) -> String { folder.results + "/" + row.folder }

    /// A run without results has nothing but its note, which says that it was there.
    private func shrink(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path + "/results.json") else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: path)
        where !Self.summary.contains(name) {
            try FileManager.default.removeItem(atPath: path + "/" + name)
        }
    }
}
