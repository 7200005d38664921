import Archive
import Foundation
import Stores
import Testing

@testable import Campaigns

@Suite struct `What a campaign keeps` {
    private let results = FileManager.default.temporaryDirectory
        .appending(path: "whitewater-\(UUID().uuidString)").path

    private func campaign(_ keep: String) throws -> Campaign {
        try Campaign(yaml: "name: night\nplans: [a.yaml]\nkeep: \(keep)")
    }

    private func night(_ started: String, began: Double = 0) throws -> CampaignFolder {
        try CampaignFolder(
            results: results, name: "night", started: started,
            ticket: .init(file: "/night.yaml", seed: 1, commit: nil, began: began, runs: nil))
    }

    private func withArchive(_ body: (Archive) throws -> Void) throws {
        try FileManager.default.createDirectory(
            atPath: results, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: results) }
        try body(try Archive(file: results + "/index.sqlite"))
    }

    /// A run with all its files that has found something after so many seconds, or nothing.
    private func run(
        _ number: Int, of folder: CampaignFolder, found time: Double?
    ) throws -> (row: RunRow, place: String) {
        let order = RunOrder(
            number: number, cell: Cell(plan: "a", binary: nil, options: [:], expect: .valid),
            seed: 1)
        let place = folder.place(of: order, attempt: 1)
        try FileManager.default.createDirectory(
            atPath: place + "/latest", withIntermediateDirectories: true)
        for name in ["results.json", "plan.yaml", "index.html", "history.edn"] {
            try Data("x".utf8).write(to: URL(filePath: place + "/latest/" + name))
        }
        let run = try #require(folder.run(in: place))
        var row = RunRow(
            folder: folder.relative(run.path), seed: 1, verdict: time == nil ? .valid : .invalid)
        row.campaign = folder.name
        row.seconds = 30
        if let time {
            row.failures = [
                .init(Signature(.violation, "stale read"), count: 1, example: "", first: time)
            ]
        }
        return (row, place)
    }

    private func isWhole(_ row: RunRow) -> Bool {
        FileManager.default.fileExists(atPath: results + "/" + row.folder + "/history.edn")
    }

    private func hasResults(_ row: RunRow) -> Bool {
        FileManager.default.fileExists(atPath: results + "/" + row.folder + "/results.json")
    }

    @Test func `the runs that show a failure soonest stay whole, and others give way to them`()
        throws
    {
        try withArchive { archive in
            let folder = try night("1")
            let keeper = Keeper(
                folder: folder, campaign: try campaign("{examples: 2}"), archive: archive)
            var rows: [RunRow] = []
            for (number, time) in [9.0, 3, 20, 5].enumerated() {
                let (row, place) = try run(number, of: folder, found: time)
                rows.append(row)
                try keeper.keep(row, in: place)
                try archive.record(row)
            }
            #expect(rows.map(isWhole) == [false, true, false, true])
            #expect(rows.map(hasResults) == [true, true, true, true])
        }
    }

    @Test func `a valid run keeps its summary alone`() throws {
        try withArchive { archive in
            let folder = try night("1")
            let (row, place) = try run(1, of: folder, found: nil)
            try Keeper(folder: folder, campaign: try campaign("{examples: 1}"), archive: archive)
                .keep(row, in: place)
            #expect(!isWhole(row) && hasResults(row))
        }
    }

    @Test func `nights that are older than the campaign says keep their summaries alone`() throws {
        try withArchive { archive in
            let day = 86_400.0
            let (old, new) = (try night("1", began: 0), try night("2", began: 9 * day))
            let rows = try [run(1, of: old, found: 1).row, run(1, of: new, found: 1).row]
            try archive.record(rows)
            let keeper = Keeper(
                folder: new, campaign: try campaign("{examples: 3, days: 7}"), archive: archive)
            try keeper.forgetOldNights(now: 6 * day)
            #expect(rows.map(isWhole) == [true, true])
            try keeper.forgetOldNights(now: 10 * day)
            #expect(rows.map(isWhole) == [false, true])
            #expect(rows.map(hasResults) == [true, true])
            try Keeper(folder: new, campaign: try campaign("{examples: 3}"), archive: archive)
                .forgetOldNights(now: 1_000 * day)
            #expect(isWhole(rows[1]), "nobody has said for how long")
        }
    }

    @Test func `a note that was torn by a loss of power is none, and its run is made again`() throws
    {
        try withArchive { _ in
            let folder = try night("1")
            let order = RunOrder(
                number: 3, cell: Cell(plan: "a", binary: nil, options: [:], expect: .valid), seed: 1
            )
            try folder.write(.init(order: order, attempt: 1, outcome: .valid))
            let place = folder.place(of: order, attempt: 1)
            try Data().write(to: URL(filePath: place + "/run.json"))
            #expect(folder.notes().isEmpty)
            try folder.removeUnfinished()
            #expect(!FileManager.default.fileExists(atPath: place))
        }
    }
}
