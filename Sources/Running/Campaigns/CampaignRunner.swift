public import Archive
internal import Foundation
internal import Labs
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

    private struct Running {
        let order: RunOrder
        let attempt: Int
        let process: RunProcess
        let start = ContinuousClock.now
        var peak = ProcessTree()
    }

    private static let tick = 1.0

    private let campaign: Campaign
    private let folder: CampaignFolder
    private let ticket: CampaignFolder.Ticket
    private let archive: Archive
    private let program: String
    private let inbox = Inbox()
    private let report: (Progress) -> Void

    private var machine: CampaignMachine
    private var running: [Int: Running] = [:]
    private var capacity: Capacity
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
        self.program = program
        self.report = report
        ticket = try folder.ticket()
        machine = CampaignMachine(campaign, seed: ticket.seed)
        capacity = Capacity(
            cores: ProcessInfo.processInfo.activeProcessorCount,
            memory: Int(ProcessInfo.processInfo.physicalMemory))
    }

    /// Asks it to end in good order, from any thread.
    public var stop: @Sendable () -> Void {
        { [inbox] in inbox.put(.stop) }
    }

    /// Runs the campaign to its end.
    ///
    /// - Throws: the error of the system when a run cannot be started, or its end not be noted.
    public func run() throws -> CampaignMachine.Reason {
        try folder.removeUnfinished()
        try perform(machine.step(.began(after: folder.outcomes())))
        while reason == nil {
            switch inbox.take(within: Self.tick) {
            case .ended(let number, let status): try end(number, status: status)
            case .stop: try perform(machine.step(.stopAsked))
            case nil: measure()
            }
            try perform(machine.step(.capacity(allowed)))
            try perform(
                machine.step(.time(.seconds(Date.now.timeIntervalSince1970 - ticket.began))))
            progress.running = running.count
            report(progress)
        }
        return reason ?? .complete
    }

    private var allowed: Int {
        let count =
            switch campaign.parallel {
            case .automatic: capacity.count
            case .fixed(let count): count
            }
        progress.capacity = count
        return count
    }

    private func perform(_ effects: [CampaignMachine.Effect]) throws {
        for effect in effects {
            switch effect {
            case .start(let order, let attempt): try start(order, attempt: attempt)
            case .interrupt(let order): running[order.number]?.process.interrupt()
            case .finish(let reason): self.reason = reason
            }
        }
    }

    private func start(_ order: RunOrder, attempt: Int) throws {
        let place = folder.place(of: order, attempt: attempt)
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: true)
        let plan = URL(
            filePath: order.cell.plan,
            relativeTo: URL(filePath: ticket.file).deletingLastPathComponent()
        ).standardized.path
        let setpriv = try Program("setpriv", package: "util-linux")
        let inbox = inbox
        let process = try RunProcess(
            program: setpriv.path,
            arguments: ["--pdeathsig", "KILL", "--", program, "test", plan]
                + order.cell.arguments(seed: order.seed) + ["--results", place],
            folder: FileManager.default.currentDirectoryPath, output: place + "/output.txt"
        ) { status in inbox.put(.ended(order.number, status)) }
        running[order.number] = Running(order: order, attempt: attempt, process: process)
    }

    private func end(_ number: Int, status: Int32) throws {
        guard let run = running.removeValue(forKey: number) else { return }
        let outcome = RunOutcome(status: status)
        let note = CampaignFolder.RunNote(
            order: run.order, attempt: run.attempt, outcome: outcome)
        let place = folder.place(of: run.order, attempt: run.attempt)
        if let row = RunReader(folder: folder, ticket: ticket).row(of: note, in: place) {
            try Keeper(folder: folder, campaign: campaign, archive: archive).keep(row, in: place)
            try archive.record(row)
        }
        try folder.write(note)
        capacity.note(
            cpu: .seconds(run.peak.cpu), wall: .now - run.start, memory: run.peak.memory)
        progress.ended[outcome, default: 0] += 1
        progress.last = (run.order, outcome)
        try perform(machine.step(.ended(run.order, outcome)))
    }

    /// Looks at what runs take.
    private func measure() {
        let trees = ProcessTree.sample(of: Set(running.values.map(\.process.number)))
        for (number, run) in running {
            guard let tree = trees[run.process.number] else { continue }
            running[number]?.peak.cpu = max(run.peak.cpu, tree.cpu)
            running[number]?.peak.memory = max(run.peak.memory, tree.memory)
        }
    }
}

/// What other threads tell the campaign's.
private final class Inbox: @unchecked Sendable {
    enum Message {
        case ended(Int, Int32)
        case stop
    }

    private let condition = NSCondition()
    private var messages: [Message] = []

    func put(_ message: Message) {
        condition.withLock {
            messages.append(message)
            condition.signal()
        }
    }

    /// The next message; nil if none comes within so many seconds.
    func take(within seconds: Double) -> Message? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while messages.isEmpty { guard condition.wait(until: deadline) else { return nil } }
            return messages.removeFirst()
        }
    }
}
