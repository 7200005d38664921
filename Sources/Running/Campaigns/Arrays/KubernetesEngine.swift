public import Archive
internal import Foundation

/// Writes a campaign as a job of Kubernetes, and gathers what its pods have left in the shared folder.
///
/// It speaks to no cluster itself: a person applies what it writes. Never tried on a cluster; its
/// tests hold the job against the rules of the published schema.
public struct KubernetesEngine: Sendable {
    private let campaign: Campaign
    private let folder: CampaignFolder
    private let ticket: CampaignFolder.Ticket
    private let gatherer: Gatherer
    private let shared: String

    /// An engine for a campaign in its folder; pods see `shared` under the same path.
    ///
    /// - Throws: `CampaignError` if the folder's ticket cannot be read.
    public init(
        _ campaign: Campaign, in folder: CampaignFolder, archive: Archive, shared: String
    ) throws {
        self.campaign = campaign
        self.folder = folder
        self.shared = URL(filePath: shared).path
        ticket = try folder.ticket()
        gatherer = Gatherer(
            campaign: campaign, folder: folder, ticket: ticket, archive: archive)
    }

    /// Whether a campaign can be written as a job at all.
    ///
    /// - Throws: `PlanError` if nobody knows how many runs the campaign has.
    public static func require(_ campaign: Campaign) throws { try campaign.requireCount() }

    /// Writes the tasks and the job of all runs.
    ///
    /// - Returns: the path of the job's file.
    /// - Throws: `PlanError` if nobody knows how many runs there are; `CampaignError` if there are too
    ///   many, or they cannot be written.
    public func write(share: ArrayPlan.Share, image: String, claim: String) throws -> String {
        let plan = try ArrayPlan(campaign, ticket: ticket, after: [], share: share)
        guard plan.tasks.count <= KubernetesJob.mostTasks else {
            throw CampaignError(
                path: ticket.file,
                why: "is \(plan.tasks.count) tasks, and a job of Kubernetes has at most "
                    + "\(KubernetesJob.mostTasks); use a larger --bundle")
        }
        let array = try ArrayFolder(next: base, plan: plan)
        let parts = folder.path.split(separator: "/").suffix(2)
        let job = KubernetesJob(
            plan, named: parts.joined(separator: "-"), folder: array.path, shared: shared,
            site: .init(image: image, claim: claim))
        let file = folder.path + "/job.yaml"
        try Data(job.yaml().utf8).write(to: URL(filePath: file), options: .atomic)
        return file
    }

    /// Gathers what has ended.
    ///
    /// - Returns: why the campaign is over, as far as it is: runs that pods still work on are lost
    ///   until they end.
    /// - Throws: `CampaignError` if another process works on it; the error of the file system.
    public func gather(
        _ report: (RunOrder, RunOutcome) -> Void
    ) throws -> CampaignMachine.Reason {
        let hold = try CampaignHold(folder.path)
        defer { withExtendedLifetime(hold) {} }
        try gatherer.catchUp()
        let array = ArrayFolder(at: base + "/array-1")
        let plan = try array.plan()
        for note in try gatherer.gather(array) { report(note.order, note.outcome) }
        let reason = plan.reason(
            at: Date.now.timeIntervalSince1970, after: folder.notes(), isStopped: false)
        try folder.write(end: reason)
        try gatherer.forgetOldNights()
        return reason
    }

    private var base: String { shared + "/" + folder.name }
}
