public import Archive
internal import Foundation
internal import Results
internal import Stores

/// Makes the archive's rows from the folders of runs.
public struct RunReader: Sendable {
    private let folder: CampaignFolder
    private let ticket: CampaignFolder.Ticket

    /// A reader of a campaign's runs.
    public init(folder: CampaignFolder, ticket: CampaignFolder.Ticket) {
        self.folder = folder
        self.ticket = ticket
    }

    /// The row of a run that has ended.
    ///
    /// A run that left no results is a row too, as a failure of the harness with the last words
    /// that it wrote; a plan that was refused is one of its own kind.
    public func row(of note: CampaignFolder.RunNote, in place: String) -> RunRow {
        let run = folder.run(in: place)
        var row: RunRow
        if let run, let results = try? run.readResults() {
            row = RunRow(results, folder: folder.relative(run.path))
        } else {
            row = RunRow(unfinished: note, in: folder.relative(place), words: words(in: place))
        }
        row.campaign = folder.name
        row.number = note.order.number
        row.attempt = note.attempt
        row.cell = note.order.cell.name
        row.commit = ticket.commit
        row.expectsViolation = note.order.cell.expect == .invalid
        return row
    }

    /// All rows of the campaign.
    public func rows() -> [RunRow] {
        folder.notes().map { note in
            row(of: note, in: folder.place(of: note.order, attempt: note.attempt))
        }
    }

    /// Makes the archive say of the campaign what its folder says: whoever wrote both before may have
    /// died in between, and what is run anew counts once.
    ///
    /// - Throws: the error of the archive; nothing has changed then.
    func bring(_ archive: Archive) throws {
        try archive.replaceRuns(of: folder.name, with: rows())
    }

    private func words(in place: String) -> String {
        let text =
            FileManager.default.contents(atPath: place + "/output.txt")
            .map { String(decoding: $0.suffix(4_096), as: UTF8.self) } ?? ""
        return text.split(separator: "\n").last { !$0.isEmpty }.map(String.init)
            ?? "it wrote nothing"
    }
}

extension RunRow {
    /// A run that left no results.
    init(unfinished note: CampaignFolder.RunNote, in folder: String, words: String) {
        let isRefused = note.outcome == .refused
        self.init(folder: folder, seed: note.order.seed, verdict: isRefused ? .refused : .failed)
        let signature = Signature(.harness, isRefused ? "refused" : "no results", words)
        failures = [Failure(signature, count: 1, example: words)]
    }
}
