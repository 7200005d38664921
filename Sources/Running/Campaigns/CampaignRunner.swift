public import Archive
internal import Foundation
internal import Stores

/// Carries out what a ``CampaignMachine`` says, on the thread that calls it.
///
/// Read `run` from top to bottom. Every run is a process of its own, `whitewater test`, which ends
/// when this one does; what has ended is on disk before the machine hears of it.
public final class CampaignRunner {
    /// What people are told while it goes on.
    public struct Progress: Sendable {
        /// Runs that have ended in this process, by how.
        public var ended: [RunOutcome: Int] = [:]
        /// Runs under way.
        public var running = 0
        /// How many may be under way.
        public var capacity = 1
        /// The last run that ended, with its cell and outcome.
        public var last: (order: RunOrder, outcome: RunOutcome)?
    }

    private let campaign: Campaign
    private let folder: CampaignFolder
    private let ticket: CampaignFolder.Ticket
    private let archive: Archive
    private let pool: LabPool
    private let report: (Progress) -> Void

    private var machine: CampaignMachine
    private var running: [Int: (order: RunOrder, attempt: Int)] = [:]
    private var progress = Progress()
    private var reason: CampaignMachine.Reason?

    /// A runner of a campaign in its folder; `program` is the whitewater that runs are made with.
    ///
    /// - Throws: `CampaignError` if the folder's ticket cannot be read.
    public init(
        _ campaign: Campaign, in folder: CampaignFolder, archive: Archive, program: String,
        report: @escaping (Progress) -> Void
    ) throws {
        self.campaign = campaign
        self.folder = folder
        self.archive = archive
        pool = LabPool(program: program, parallel: campaign.parallel)
        self.report = report
        ticket = try folder.ticket()
        machine = CampaignMachine(campaign, seed: ticket.seed)
    }

    /// Asks it to end in good order, from any thread.
    public var stop: @Sendable () -> Void { pool.stop }

    /// Runs the campaign to its end.
    ///
    /// - Throws: `CampaignError` if another process works on it, or the error of the system when a run cannot be started, or its end not be noted.
    public func run() throws -> CampaignMachine.Reason {
        let hold = try CampaignHold(folder.path)
        defer { withExtendedLifetime(hold) {} }
        try folder.write(end: nil)
        try folder.removeUnfinished()
        try folder.removeRefused()
        try reader.bring(archive)
        try perform(machine.step(.began(after: folder.notes())))
        while reason == nil {
            switch pool.next() {
            case .ended(let number, let status, _): try end(number, status: status)
            case .stop: try perform(machine.step(.stopAsked))
            case nil: break
            }
            try perform(machine.step(.capacity(pool.allowed)))
            let elapsed = Duration.seconds(Date.now.timeIntervalSince1970 - ticket.began)
            try perform(machine.step(.time(elapsed)))
            progress.running = running.count
            progress.capacity = pool.allowed
            report(progress)
        }
        let reason = self.reason ?? .complete
        try folder.write(end: reason)
        try keeper.forgetOldNights(now: Date.now.timeIntervalSince1970)
        return reason
    }

    private func perform(_ effects: [CampaignMachine.Effect]) throws {
        for effect in effects {
            switch effect {
            case .start(let order, let attempt): try start(order, attempt: attempt)
            case .interrupt(let order): pool.interrupt(order.number)
            case .finish(let reason): self.reason = reason
            }
        }
    }

    private var keeper: Keeper { Keeper(folder: folder, campaign: campaign, archive: archive) }
    private var reader: RunReader { RunReader(folder: folder, ticket: ticket) }

    private func start(_ order: RunOrder, attempt: Int) throws {
        let place = folder.place(of: order, attempt: attempt)
        let plan = ticket.path(of: order.cell.plan)
        try pool.start(
            order.number,
            arguments: [plan] + order.cell.arguments(seed: order.seed) + ["--results", place],
            output: place + "/output.txt")
        running[order.number] = (order, attempt)
    }

    private func end(_ number: Int, status: Int32) throws {
        guard let run = running.removeValue(forKey: number) else { return }
        let outcome = RunOutcome(status: status)
        let note = CampaignFolder.RunNote(
            order: run.order, attempt: run.attempt, outcome: outcome)
        let place = folder.place(of: run.order, attempt: run.attempt)
        let row = reader.row(of: note, in: place)
        try keeper.keep(row, in: place)
        try archive.record(row)
        try folder.write(note)
        progress.ended[outcome, default: 0] += 1
        progress.last = (run.order, outcome)
        try perform(machine.step(.ended(run.order, outcome)))
    }
}
