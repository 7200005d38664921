public import Archive
internal import Foundation
internal import Plans

/// Has a campaign's runs made by a cluster under Slurm, and gathers them on this machine.
///
/// Read `run` from top to bottom. When this process dies, the job goes on; whoever resumes the
/// campaign finds it again by its name.
public struct SlurmEngine: Sendable {
    /// What people are told while it goes on.
    public enum News: Hashable, Sendable {
        /// A run was gathered.
        case ended(RunOrder, RunOutcome)
        /// Something else, in words.
        case words(String)
    }

    /// The job that works on a campaign, as the campaign's folder keeps it.
    private struct Job: Codable {
        let name: String
        let folder: String
    }

    private enum Wake { case look, stop }

    /// How often the queue is asked: Slurm tells nobody of its own accord.
    private static let period = Duration.seconds(2)

    private let campaign: Campaign
    private let folder: CampaignFolder
    private let ticket: CampaignFolder.Ticket
    private let gatherer: Gatherer
    private let shared: String
    private let share: ArrayPlan.Share
    private let program: String
    private let slurm: Slurm
    private let wakes = AsyncStream<Wake>.makeStream()

    /// An engine for a campaign in its folder.
    ///
    /// `shared` is a folder that all machines see under the same path, as they see the campaign's
    /// plans and `program`.
    ///
    /// - Throws: `LabError` if this machine has no Slurm; `CampaignError` if the folder's ticket cannot
    ///   be read.
    public init(
        _ campaign: Campaign, in folder: CampaignFolder, archive: Archive, shared: String,
        share: ArrayPlan.Share, program: String
    ) throws {
        self.campaign = campaign
        self.folder = folder
        self.shared = URL(filePath: shared).path
        self.share = share
        self.program = program
        ticket = try folder.ticket()
        gatherer = Gatherer(
            campaign: campaign, folder: folder, ticket: ticket, archive: archive)
        slurm = try Slurm()
    }

    /// Whether a campaign can be had made by Slurm from here at all.
    ///
    /// - Throws: `LabError` that names the package, if this machine has no Slurm; `PlanError` if nobody
    ///   knows how many runs the campaign has.
    public static func require(_ campaign: Campaign) throws {
        try campaign.requireCount()
        _ = try Slurm()
    }

    /// Asks it to end in good order, from any thread.
    public var stop: @Sendable () -> Void {
        { [wakes] in wakes.continuation.yield(.stop) }
    }

    /// Has all runs made that have not ended, and gathers them.
    ///
    /// - Throws: `CampaignError` if another process works on the campaign, or its array is too long for
    ///   the cluster; `LabError` if Slurm refuses the job; the error of the file system.
    public func run(_ report: (News) -> Void) async throws -> CampaignMachine.Reason {
        let hold = try CampaignHold(folder.path)
        defer { withExtendedLifetime(hold) {} }
        try folder.write(end: nil)
        try folder.removeUnfinished()
        try gatherer.catchUp()
        var underWay = try await jobUnderWay(report)
        if underWay == nil {
            try folder.removeRefused()
            try gatherer.catchUp()
        }
        var reason: CampaignMachine.Reason
        repeat {
            let (job, array) = if let underWay { underWay } else { try await submit(report) }
            underWay = nil
            let plan = try array.plan()
            let isStopped = try await watch(job, array, plan, report)
            reason = plan.reason(
                at: Date.now.timeIntervalSince1970, after: folder.notes(), isStopped: isStopped)
            // An array cannot grow: what takes the place of refused runs is another one.
        } while try reason == .complete && !rest().tasks.isEmpty
        try folder.write(end: reason)
        try gatherer.forgetOldNights()
        return reason
    }

    /// The tasks of all runs that have not been made.
    private func rest() throws(PlanError) -> ArrayPlan {
        try ArrayPlan(campaign, ticket: ticket, after: folder.notes(), share: share)
    }

    /// The job that an earlier process had submitted, if tasks of it are left; what it left otherwise
    /// is gathered.
    private func jobUnderWay(
        _ report: (News) -> Void
    ) async throws -> (Job, ArrayFolder)? {
        let record = URL(filePath: folder.path + "/job.json")
        guard FileManager.default.fileExists(atPath: record.path) else { return nil }
        let job = try JSONDecoder().decode(Job.self, from: Data(contentsOf: record))
        let array = ArrayFolder(at: job.folder)
        switch await slurm.queue(of: job.name) {
        case .tasks(let tasks) where tasks.isEmpty:
            for note in try gatherer.gather(array) { report(.ended(note.order, note.outcome)) }
            return nil
        case .tasks:
            report(.words("job \(job.name) goes on"))
            return (job, array)
        case .silent(let words):
            throw CampaignError(
                path: folder.path,
                why: "Slurm does not say whether the job \(job.name) goes on, and no second one is "
                    + "submitted; try again when it answers: \(words)")
        }
    }

    private func submit(_ report: (News) -> Void) async throws -> (Job, ArrayFolder) {
        let plan = try rest()
        let most = try await slurm.mostTasks()
        guard plan.tasks.count <= most else {
            let bundle = (plan.tasks.count * share.runs + most - 1) / most
            throw CampaignError(
                path: ticket.file,
                why: "is \(plan.tasks.count) tasks, and an array of this Slurm has at most \(most) "
                    + "(MaxArraySize); use --bundle \(bundle) or more")
        }
        let array = try ArrayFolder(next: shared + "/" + folder.name, plan: plan)
        let number = array.path.split(separator: "-").last ?? "1"
        let parts = folder.path.split(separator: "/").suffix(2)
        let job = Job(
            name: "whitewater-" + parts.joined(separator: "-") + "-\(number)",
            folder: array.path)
        guard !plan.tasks.isEmpty else { return (job, array) }
        let script = SlurmScript(name: job.name, folder: array.path, program: program, plan: plan)
        let file = array.path + "/job.sh"
        try Data(script.text.utf8).write(to: URL(filePath: file), options: .atomic)
        // Before the job is there: a process that dies now must not leave one that nobody finds.
        try JSONEncoder().encode(job).write(
            to: URL(filePath: folder.path + "/job.json"), options: .atomic)
        let id = try await slurm.submit(file)
        report(.words("job \(id): \(plan.tasks.count) tasks, \(job.name)"))
        return (job, array)
    }

    /// Gathers until no task is left; whether a person ended it.
    private func watch(
        _ job: Job, _ array: ArrayFolder, _ plan: ArrayPlan, _ report: (News) -> Void
    ) async throws -> Bool {
        let clock = Task { [wakes] in
            while !Task.isCancelled {
                wakes.continuation.yield(.look)
                try await Task.sleep(for: Self.period)
            }
        }
        defer { clock.cancel() }
        var watch = ArrayWatch()
        for await wake in wakes.stream {
            var event = ArrayWatch.Event.stopAsked
            if wake == .look {
                let queue = await slurm.queue(of: job.name)
                for note in try gatherer.gather(array) {
                    report(.ended(note.order, note.outcome))
                }
                event = .looked(queue, missing: plan.missing(after: folder.notes()))
            }
            for effect in watch.step(event) {
                switch effect {
                case .cancel: try await slurm.cancel(job.name)
                case .say(let words): report(.words(words))
                case .finish: return watch.isStopping
                }
            }
        }
        return watch.isStopping
    }
}
