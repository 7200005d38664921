internal import Plans

/// How one run of a campaign ended, by its exit status.
public enum RunOutcome: Hashable, Sendable, Codable {
    /// Nothing was found (0).
    case valid
    /// Something was found (1).
    case invalid
    /// The checker met a limit, or too little was tested (2).
    case inconclusive
    /// The plan cannot be run as the campaign asks for it, here (64): nor can it the next time.
    case refused
    /// Set-up or harness failed (70), or a signal ended the harness.
    case failed

    /// Reads an exit status; everything unknown is a failure.
    public init(status: Int32) {
        self =
            switch status {
            case 0: .valid
            case 1: .invalid
            case 2: .inconclusive
            case 64: .refused
            default: .failed
            }
    }
}

/// A campaign as a state machine: it is told what happened and says what to do.
///
/// It has no clock and starts nothing itself.
public struct CampaignMachine: Sendable {
    /// What happened.
    public enum Event: Sendable {
        /// The campaign begins, or goes on after these tries.
        case began(after: [CampaignFolder.RunNote])
        /// Time has passed, in all since the campaign first began.
        case time(Duration)
        /// So many runs may be under way at once from now on.
        case capacity(Int)
        /// A run has ended.
        case ended(RunOrder, RunOutcome)
        /// A person wants it to end.
        case stopAsked
    }

    /// What to do.
    public enum Effect: Hashable, Sendable {
        /// Start a run; it is the number's first, second, ... try.
        case start(RunOrder, attempt: Int)
        /// End a run in good order; it is reported as ended later.
        case interrupt(RunOrder)
        /// Nothing is under way and nothing will be.
        case finish(Reason)
    }

    /// Why a campaign is over.
    public enum Reason: Hashable, Sendable {
        /// Every seed was used, or as many runs as the budget has.
        case complete
        /// The budget's time is over.
        case timeIsUp
        /// So many runs found what they were not expected to.
        case violations(Int)
        /// A person ended it.
        case stopped
        /// No plan can be run as the campaign asks for it.
        case refused
        /// No machine works on it any more, and so many runs have not ended.
        case lost(Int)
    }

    /// A failed set-up gets one more try; a violation never does.
    static let mostAttempts = 2

    private let campaign: Campaign
    private var schedule: CampaignSchedule
    private var ended: [Int: RunOutcome] = [:]
    private var running: [Int: (order: RunOrder, attempt: Int)] = [:]
    private var retries: [RunOrder] = []
    /// Numbers whose first try had failed when an earlier process of the campaign ended.
    private var failedBefore: Set<Int> = []
    /// What was refused once would be refused until a person mends it: it is left out from then on.
    private var refused: Set<Cell> = []
    /// Numbers that came to no run, for they were refused or left out: others take their place.
    private var forgone = 0
    /// The order that was one too many for the budget; a refusal may make room for it.
    private var held: RunOrder?
    private var capacity = 1
    private var unexpected = 0
    private var reason: Reason?
    private var isOver = false

    /// The machine of a campaign with its seed.
    public init(_ campaign: Campaign, seed: UInt64) {
        self.campaign = campaign
        schedule = CampaignSchedule(campaign, seed: seed)
    }

    /// Takes an event and says what to do, in this order.
    public mutating func step(_ event: Event) -> [Effect] {
        var effects: [Effect] = []
        switch event {
        case .began(let notes): goOn(after: notes)
        case .time(let elapsed):
            if let time = campaign.budget.time, elapsed >= time.duration { end(.timeIsUp) }
        case .capacity(let count): capacity = max(1, count)
        case .ended(let order, let outcome): note(order, outcome)
        case .stopAsked:
            end(.stopped)
            effects = running.keys.sorted().compactMap { running[$0] }
                .map { .interrupt($0.order) }
        }
        return effects + fill()
    }

    private mutating func end(_ reason: Reason) { self.reason = self.reason ?? reason }

    /// What counts of tries that an earlier process made: refusals do not, for whoever goes on may
    /// have mended what they were about.
    private mutating func goOn(after notes: [CampaignFolder.RunNote]) {
        for note in notes.sorted(by: { $0.attempt < $1.attempt }) where note.outcome != .refused {
            if note.isFinal {
                ended[note.order.number] = note.outcome
            } else {
                failedBefore.insert(note.order.number)
            }
        }
        unexpected = notes.count(where: \.isUnexpectedViolation)
        endIfEnoughWasFound()
    }

    private mutating func endIfEnoughWasFound() {
        guard case .violations(let most) = campaign.stop, unexpected >= most else { return }
        end(.violations(unexpected))
    }

    private mutating func note(_ order: RunOrder, _ outcome: RunOutcome) {
        let attempt = running.removeValue(forKey: order.number)?.attempt ?? 1
        if outcome == .failed, attempt < Self.mostAttempts, reason == nil {
            retries.append(order)
            return
        }
        ended[order.number] = outcome
        if outcome == .refused { forgo(order.cell) }
        guard outcome == .invalid, order.cell.expect == .valid else { return }
        unexpected += 1
        endIfEnoughWasFound()
    }

    private mutating func forgo(_ cell: Cell) {
        refused.insert(cell)
        forgone += 1
        if refused == schedule.cells { end(.refused) }
    }

    private mutating func fill() -> [Effect] {
        var effects: [Effect] = []
        while reason == nil, running.count < capacity, let (order, attempt) = next() {
            running[order.number] = (order, attempt)
            effects.append(.start(order, attempt: attempt))
        }
        if running.isEmpty, let reason, !isOver {
            isOver = true
            effects.append(.finish(reason))
        }
        return effects
    }

    private mutating func next() -> (RunOrder, attempt: Int)? {
        if !retries.isEmpty { return (retries.removeFirst(), Self.mostAttempts) }
        while let order = held ?? schedule.next(besides: refused) {
            held = nil
            if let runs = campaign.budget.runs, order.number - forgone > runs {
                held = order
                break
            }
            guard ended[order.number] == nil else { continue }
            guard !refused.contains(order.cell) else {
                forgone += 1
                continue
            }
            return (order, failedBefore.contains(order.number) ? Self.mostAttempts : 1)
        }
        // What is under way may still fail and want its second try.
        if running.isEmpty { end(.complete) }
        return nil
    }
}
