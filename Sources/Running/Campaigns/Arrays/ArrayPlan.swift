public import Plans

/// A campaign as tasks that machines of a cluster work through, each on its own.
///
/// Pure: the same campaign and ticket come to the same tasks. It stands in a file that all machines
/// see, so that what a task does depends on nothing that a person may edit meanwhile.
public struct ArrayPlan: Hashable, Sendable, Codable {
    /// What the campaign was asked for.
    public let ticket: CampaignFolder.Ticket
    /// Each task's runs, one after another; a task's number is its place, from 0.
    public let tasks: [[RunOrder]]
    /// What each task is given.
    public let share: Share
    /// How many tasks may be under way at once; nil where the cluster decides that.
    public let parallel: Int?
    /// When no run is started any more, in seconds since 1970; nil for never.
    public let deadline: Double?
    /// After so many runs that found what they should not, no run is started; nil for never.
    public let mostViolations: Int?
    /// How many of these the campaign had found before.
    public let violationsBefore: Int

    /// What each task is given of a machine.
    public struct Share: Hashable, Sendable, Codable {
        /// How many runs it makes, one after another.
        public var runs: Int
        /// Processors.
        public var cores: Int
        /// Memory in megabytes.
        public var megabytes: Int

        /// A share.
        public init(runs: Int, cores: Int, megabytes: Int) {
            self.runs = runs
            self.cores = cores
            self.megabytes = megabytes
        }
    }

    /// The tasks for all runs of a campaign but those that have ended for good.
    ///
    /// What was refused is left out, and other plans have its runs, as on one machine.
    ///
    /// - Throws: `PlanError` if nobody knows how many runs the campaign has.
    public init(
        _ campaign: Campaign, ticket: CampaignFolder.Ticket, after notes: [CampaignFolder.RunNote],
        share: Share
    ) throws(PlanError) {
        try campaign.requireCount()
        var schedule = CampaignSchedule(campaign, seed: ticket.seed)
        let refused = Self.refused(notes)
        let made = Set(
            notes.filter { $0.isFinal && $0.outcome != .refused }.map(\.order.number))
        var orders: [RunOrder] = []
        var forgone = 0
        while let order = schedule.next(besides: refused),
            order.number - forgone <= campaign.budget.runs ?? .max
        {
            guard !made.contains(order.number) else { continue }
            if refused.contains(order.cell) { forgone += 1 } else { orders.append(order) }
        }
        self.ticket = ticket
        self.share = share
        tasks = stride(from: 0, to: orders.count, by: share.runs).map { start in
            Array(orders[start..<min(start + share.runs, orders.count)])
        }
        deadline = campaign.budget.time.map { ticket.began + $0.duration / .seconds(1) }
        parallel = if case .fixed(let count) = campaign.parallel { count } else { nil }
        mostViolations = if case .violations(let most) = campaign.stop { most } else { nil }
        violationsBefore = notes.count(where: \.isUnexpectedViolation)
    }

    /// Whether a run may be started at this moment, in seconds since 1970, after these of the array have
    /// ended anywhere: what was refused once is left out from then on.
    func isOpen(
        _ order: RunOrder, at moment: Double, after ended: [CampaignFolder.RunNote]
    ) -> Bool {
        if let deadline, moment >= deadline { return false }
        guard !Self.refused(ended).contains(order.cell) else { return false }
        guard let mostViolations else { return true }
        return violationsBefore + ended.count(where: \.isUnexpectedViolation) < mostViolations
    }

    private static func refused(_ ended: [CampaignFolder.RunNote]) -> Set<Cell> {
        Set(ended.filter { $0.outcome == .refused }.map(\.order.cell))
    }

    /// How many of its runs have not ended and were not left out, where these have.
    func missing(after ended: [CampaignFolder.RunNote]) -> Int {
        let numbers = Set(ended.filter(\.isFinal).map(\.order.number))
        let refused = Self.refused(ended)
        return tasks.joined().count {
            !numbers.contains($0.number) && !refused.contains($0.cell)
        }
    }

    /// Why the campaign is over when no task is left, at this moment in seconds since 1970, where these
    /// runs of the campaign have ended, those before the array too.
    func reason(
        at moment: Double, after ended: [CampaignFolder.RunNote], isStopped: Bool
    ) -> CampaignMachine.Reason {
        let cells = Set(tasks.joined().map(\.cell))
        if !cells.isEmpty, cells.isSubset(of: Self.refused(ended)) { return .refused }
        let missing = missing(after: ended)
        if missing == 0 { return .complete }
        if isStopped { return .stopped }
        let violations = ended.count(where: \.isUnexpectedViolation)
        if let mostViolations, violations >= mostViolations { return .violations(violations) }
        if let deadline, moment >= deadline { return .timeIsUp }
        return .lost(missing)
    }
}

extension CampaignFolder.RunNote {
    /// Whether the run found what its plan was not expected to.
    var isUnexpectedViolation: Bool { outcome == .invalid && order.cell.expect == .valid }

    /// Whether nothing more is to be tried for this number.
    var isFinal: Bool { outcome != .failed || attempt >= CampaignMachine.mostAttempts }
}

extension Campaign {
    /// A cluster is told how many tasks there are before the first one starts.
    ///
    /// - Throws: `PlanError` if nobody knows how many runs the campaign has.
    func requireCount() throws(PlanError) {
        guard budget.runs == nil, plans.contains(where: { $0.seeds == nil }) else { return }
        throw PlanError(
            "budget.runs: is missing, and a cluster must be told how many runs there are; "
                + "write budget: {runs: 500}, or give every plan its seeds")
    }
}
