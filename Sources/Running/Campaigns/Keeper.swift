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

    /// Shrinks a run that is not worth its room, and an older example where this one is better.
    func keep(_ row: RunRow, in place: String) throws {
        guard let run = folder.run(in: place) else { return }
        if row.failures.isEmpty {
            if !campaign.keep.wholeValidRuns { try shrink(run.path) }
            return
        }
        let earlier = try archive.runs(of: folder.name)
        var isWanted = false
        for failure in row.failures {
            let examples = (earlier.filter { $0.folder != row.folder } + [row]).filter { other in
                other.failures.contains { $0.signature == failure.signature }
            }
            // The fastest one shows it best.
            let best = examples.sorted { ($0.seconds, $0.folder) < ($1.seconds, $1.folder) }
                .prefix(campaign.keep.examples)
            isWanted = isWanted || best.contains { $0.folder == row.folder }
        }
        if !isWanted { try shrink(run.path) }
    }

    private func shrink(_ path: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path)
        where !Self.summary.contains(name) {
            try FileManager.default.removeItem(atPath: path + "/" + name)
        }
    }
}
