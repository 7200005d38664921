internal import Foundation
internal import Stores

/// A campaign's folder, `results/campaigns/<name>/<time>`: what it was asked for and all its runs.
///
/// All that a campaign needs to go on stands here; the archive is only an index of it.
public struct CampaignFolder: Sendable {
    /// The folder's absolute path.
    public let path: String
    /// The results folder above it, which the archive's paths begin at.
    public let results: String

    /// What a campaign was asked for, as its folder keeps it.
    public struct Ticket: Hashable, Sendable, Codable {
        /// The campaign's file, absolute.
        public var file: String
        /// The seed of its seeds.
        public var seed: UInt64
        /// The commit that the person named.
        public var commit: String?
        /// When it first began, in seconds since 1970.
        public var began: Double
        /// How many runs the person asked for; nil for those of the file.
        public var runs: Int?

        /// A ticket.
        public init(
            file: String, seed: UInt64, commit: String?, began: Double, runs: Int? = nil
        ) {
            self.file = file
            self.seed = seed
            self.commit = commit
            self.began = began
            self.runs = runs
        }

        /// The path of a plan's file, which a campaign's file names from its own folder.
        func path(of plan: String) -> String {
            let folder = URL(filePath: file).deletingLastPathComponent().path
            let path = plan.hasPrefix("/") ? plan : "\(folder)/\(plan)"
            return URL(filePath: path).standardizedFileURL.path
        }
    }

    /// What the campaign says of one of its runs.
    public struct RunNote: Hashable, Sendable, Codable {
        /// What was asked for.
        public var order: RunOrder
        /// Which try it was, from 1.
        public var attempt: Int
        /// How it ended.
        public var outcome: RunOutcome
    }

    /// Makes the folder of a new campaign, with its ticket.
    ///
    /// - Throws: `CampaignError` if it cannot be written.
    public init(
        results: String, name: String, started: String, ticket: Ticket
    ) throws(CampaignError) {
        self.results = URL(filePath: results).path
        path = self.results + "/campaigns/\(name)/\(started)"
        do {
            try FileManager.default.createDirectory(
                atPath: path + "/runs", withIntermediateDirectories: true)
            try JSONEncoder().encode(ticket).write(
                to: URL(filePath: path + "/campaign.json"), options: .atomic)
        } catch {
            throw CampaignError(path: path, why: (error as NSError).localizedDescription)
        }
    }

    /// The latest folder of a campaign of this name.
    ///
    /// - Throws: `CampaignError` if there is none.
    public init(latestOf name: String, results: String) throws(CampaignError) {
        self.results = URL(filePath: results).path
        let base = self.results + "/campaigns/\(name)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        guard
            let latest = names.sorted().last(where: { name in
                FileManager.default.fileExists(atPath: "\(base)/\(name)/campaign.json")
            })
        else {
            throw CampaignError(
                path: base, why: "has no campaign to go on with; leave out --resume")
        }
        path = base + "/" + latest
    }

    /// The folder of a campaign, or the latest of those in a folder of campaigns.
    ///
    /// - Throws: `CampaignError` if it is neither.
    public init(at path: String) throws(CampaignError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let place = parts.lastIndex(of: "campaigns"), place + 1 < parts.count else {
            throw CampaignError(
                path: path,
                why: "is the folder of no run (it has no results.json) and of no campaign "
                    + "(results/campaigns/NAME/TIME)")
        }
        let results = parts[..<place].joined(separator: "/")
        if FileManager.default.fileExists(atPath: path + "/campaign.json") {
            self.init(existing: path, results: results)
        } else {
            try self.init(latestOf: String(parts[place + 1]), results: results)
        }
    }

    /// A folder of an earlier campaign below a results folder.
    init(existing path: String, results: String) {
        self.path = path
        self.results = results
    }

    /// The folders of all nights of the same campaign, by time; this one is among them.
    func nights() -> [CampaignFolder] {
        let base = URL(filePath: path).deletingLastPathComponent().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        return names.sorted().map { CampaignFolder(existing: base + "/" + $0, results: results) }
    }

    /// What the campaign was asked for.
    ///
    /// - Throws: `CampaignError` if it cannot be read.
    public func ticket() throws(CampaignError) -> Ticket {
        do {
            return try JSONDecoder().decode(
                Ticket.self, from: Data(contentsOf: URL(filePath: path + "/campaign.json")))
        } catch {
            throw CampaignError(path: path + "/campaign.json", why: "\(error)")
        }
    }

    /// The path relative to the results folder, under which the archive knows the campaign.
    public var name: String { relative(path) }

    /// How a campaign stands.
    public enum State: Hashable, Sendable {
        /// A process works on it.
        case running
        /// It came to an end of its own, or was asked to: in words, with the time in seconds since
        /// 1970.
        case ended(String, at: Double)
        /// Its process is gone, and did not say why; `--resume` goes on.
        case cutShort
    }

    private struct End: Codable {
        let reason: String
        let at: Double
    }

    /// How it stands.
    public var state: State {
        if CampaignHold.isHeld(path) { return .running }
        guard let data = FileManager.default.contents(atPath: path + "/ended.json"),
            let end = try? JSONDecoder().decode(End.self, from: data)
        else { return .cutShort }
        return .ended(end.reason, at: end.at)
    }

    /// Notes that the campaign is over; nil that it goes on.
    ///
    /// - Throws: the error of the file system.
    func write(end reason: CampaignMachine.Reason?) throws {
        let file = URL(filePath: path + "/ended.json")
        guard let reason else {
            if FileManager.default.fileExists(atPath: file.path) {
                try FileManager.default.removeItem(at: file)
            }
            return
        }
        try JSONEncoder().encode(
            End(reason: reason.words, at: Date.now.timeIntervalSince1970)
        ).write(to: file, options: .atomic)
    }

    /// A path below the results folder, relative to that.
    func relative(_ path: String) -> String {
        path.hasPrefix(results + "/") ? String(path.dropFirst(results.count + 1)) : path
    }

    /// Where a run's results land: `runs/000012.1`.
    func place(of order: RunOrder, attempt: Int) -> String {
        let digits = "\(order.number)"
        return path + "/runs/" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
            + ".\(attempt)"
    }

    /// Notes that a run has ended.
    ///
    /// - Throws: `CampaignError` if it cannot be written.
    func write(_ note: RunNote) throws(CampaignError) {
        let place = place(of: note.order, attempt: note.attempt)
        do {
            try FileManager.default.createDirectory(
                atPath: place, withIntermediateDirectories: true)
            try JSONEncoder().encode(note).write(
                to: URL(filePath: place + "/run.json"), options: .atomic)
        } catch {
            throw CampaignError(path: place, why: (error as NSError).localizedDescription)
        }
    }

    /// Everything that has ended, by number and try; runs that were cut short have no note.
    public func notes() -> [RunNote] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/runs")) ?? []
        return names.sorted().compactMap(note)
    }

    /// What is noted in a folder below `runs`; nil if nothing is, or nothing that could be read: the
    /// machine may have lost its power before the note was on its disk.
    private func note(in name: String) -> RunNote? {
        FileManager.default.contents(atPath: "\(path)/runs/\(name)/run.json").flatMap {
            try? JSONDecoder().decode(RunNote.self, from: $0)
        }
    }

    /// Removes what runs left behind that were cut short: nobody finished them, and they are run
    /// again.
    ///
    /// - Throws: the error of the file system.
    func removeUnfinished() throws {
        let runs = path + "/runs"
        for name in try FileManager.default.contentsOfDirectory(atPath: runs)
        where note(in: name) == nil {
            try FileManager.default.removeItem(atPath: "\(runs)/\(name)")
        }
    }

    /// Removes what was refused: it came to no run, and whoever goes on may have mended what was wrong.
    ///
    /// - Throws: the error of the file system.
    func removeRefused() throws {
        for note in notes() where note.outcome == .refused {
            let place = place(of: note.order, attempt: note.attempt)
            try FileManager.default.removeItem(atPath: place)
        }
    }

    /// The folder that `whitewater test` has made below a place; nil if it came to none.
    func run(in place: String) -> RunFolder? {
        let latest = place + "/latest"
        guard FileManager.default.fileExists(atPath: latest) else { return nil }
        return RunFolder(existing: latest)
    }
}
