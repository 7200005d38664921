internal import Archive
internal import Foundation

/// Brings what tasks have left in the shared folder into the campaign's own, and into the archive.
///
/// One process does so at a time, that which holds the campaign. It may die at any moment: a run is
/// in the campaign's folder whole or not at all, and the archive is brought up to date at the start.
struct Gatherer {
    let campaign: Campaign
    let folder: CampaignFolder
    let ticket: CampaignFolder.Ticket
    let archive: Archive

    /// Where copies are made.
    private var incoming: String { folder.path + "/incoming" }

    /// Catches up with an earlier process: drops what that had copied by half, and records what it had
    /// gathered and not recorded any more.
    func catchUp() throws {
        if FileManager.default.fileExists(atPath: incoming) {
            try FileManager.default.removeItem(atPath: incoming)
        }
        try RunReader(folder: folder, ticket: ticket).bring(archive)
    }

    /// Gathers what has ended.
    ///
    /// - Returns: the runs that are new.
    /// - Throws: the error of the file system or of the archive.
    func gather(_ array: ArrayFolder) throws -> [CampaignFolder.RunNote] {
        var fresh: [CampaignFolder.RunNote] = []
        for step in Gathering.steps(for: array.endedRuns(), known: folder.notes()) {
            switch step {
            case .keep(let run, let attempt): fresh.append(try keep(run, attempt: attempt))
            case .drop(let run): try FileManager.default.removeItem(atPath: run.place)
            }
        }
        return fresh
    }

    /// Shrinks what is older than the campaign keeps it.
    ///
    /// - Throws: the error of the file system or of the archive.
    func forgetOldNights() throws {
        try keeper.forgetOldNights(now: Date.now.timeIntervalSince1970)
    }

    private var keeper: Keeper { Keeper(folder: folder, campaign: campaign, archive: archive) }

    private func keep(
        _ run: ArrayFolder.EndedRun, attempt: Int
    ) throws -> CampaignFolder.RunNote {
        let note = CampaignFolder.RunNote(
            order: run.note.order, attempt: attempt, outcome: run.note.outcome)
        let place = folder.place(of: note.order, attempt: attempt)
        try bring(run.place, to: place, with: note)
        let row = RunReader(folder: folder, ticket: ticket).row(of: note, in: place)
        try keeper.keep(row, in: place)
        try archive.record(row)
        return note
    }

    /// Moves a run here, from another file system by way of a copy that appears at once.
    ///
    /// The source goes last, so that whoever dies here loses nothing.
    private func bring(
        _ source: String, to place: String, with note: CampaignFolder.RunNote
    ) throws {
        let manager = FileManager.default
        try JSONEncoder().encode(note).write(
            to: URL(filePath: source + "/run.json"), options: .atomic)
        if rename(source, place) == 0 { return }
        guard errno == EXDEV else {
            throw CampaignError(path: place, why: String(cString: strerror(errno)))
        }
        let copy = incoming + "/" + URL(filePath: place).lastPathComponent
        try manager.createDirectory(atPath: incoming, withIntermediateDirectories: true)
        try manager.copyItem(atPath: source, toPath: copy)
        guard rename(copy, place) == 0 else {
            throw CampaignError(path: place, why: String(cString: strerror(errno)))
        }
        try manager.removeItem(atPath: source)
    }
}
