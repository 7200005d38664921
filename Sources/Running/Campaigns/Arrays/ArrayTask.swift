internal import Foundation

/// One task of a campaign's array, on whatever machine: its runs, one after another.
///
/// All calls but `stop` come from one thread.
public final class ArrayTask {
    private let folder: ArrayFolder
    private let copy: ArrayFolder.Copy
    private let plan: ArrayPlan
    private let pool: LabPool
    private let report: (CampaignFolder.RunNote) -> Void

    private var isStopping = false
    private var worst: Int32 = 0

    /// The exit status of a task that was told to end.
    private static let interrupted: Int32 = 128 + SIGTERM

    /// Which of several runs' statuses a task ends with, the weightiest first: what is wrong with
    /// the order, what was found, what failed, what could not say.
    private static let weight: [Int32] = [64, 1, 70, 2, 0]

    /// A task of an array; `program` is the whitewater that runs are made with.
    ///
    /// - Throws: `CampaignError` if the folder cannot be read, or has no such task.
    public init(
        _ copy: ArrayFolder.Copy, in folder: ArrayFolder, program: String,
        report: @escaping (CampaignFolder.RunNote) -> Void
    ) throws(CampaignError) {
        self.copy = copy
        self.folder = folder
        self.report = report
        plan = try folder.plan()
        pool = LabPool(program: program, parallel: .fixed(1))
        guard plan.tasks.indices.contains(copy.task) else {
            throw CampaignError(
                path: folder.path,
                why: "has tasks from 0 to \(plan.tasks.count - 1), and none of number \(copy.task)")
        }
    }

    /// Asks it to end in good order, from any thread.
    public var stop: @Sendable () -> Void { pool.stop }

    /// Runs what nobody has run.
    ///
    /// A run that is told to end before its time ends in good order and keeps its folder, but gets
    /// no note: what a scheduler ends, it ends process by process, the cluster's nodes too, so that
    /// a verdict would be about the scheduler. The campaign takes it for a run that was cut short.
    ///
    /// - Returns: the status of the only run, or the weightiest of several.
    /// - Throws: the error of the system when a run cannot be started, or its end not be noted.
    public func run() throws -> Int32 {
        for order in plan.tasks[copy.task] {
            var attempt = 1
            while !isStopping, try run(order, attempt: attempt) { attempt += 1 }
        }
        return isStopping ? Self.interrupted : worst
    }

    /// Makes a try, if it is still wanted; whether there is to be another one.
    private func run(_ order: RunOrder, attempt: Int) throws -> Bool {
        let moment = Date.now.timeIntervalSince1970
        guard !folder.hasEnded(order), plan.isOpen(order, at: moment, after: folder.ended()) else {
            return false
        }
        let place = folder.place(of: order, attempt: attempt, in: copy)
        // A copy's name is its own, so what lies here was left by this task under an earlier job.
        if FileManager.default.fileExists(atPath: place) {
            try FileManager.default.removeItem(atPath: place)
        }
        try pool.start(
            order.number,
            arguments: [plan.ticket.path(of: order.cell.plan)]
                + order.cell.arguments(seed: order.seed) + ["--results", place, "--asked-once"],
            output: place + "/output.txt")
        while true {
            switch pool.next() {
            case .stop:
                isStopping = true
                pool.interrupt(order.number)
            case .ended(_, let status, _):
                guard !isStopping else { return false }
                return try end(order, attempt: attempt, status: status)
            case nil: break
            }
        }
    }

    private func end(_ order: RunOrder, attempt: Int, status: Int32) throws -> Bool {
        let note = CampaignFolder.RunNote(
            order: order, attempt: attempt, outcome: RunOutcome(status: status))
        try folder.write(note, in: copy)
        report(note)
        if note.isFinal { worst = Self.weightier(worst, status) }
        return !note.isFinal
    }

    private static func weightier(_ one: Int32, _ other: Int32) -> Int32 {
        let known = [one, other].map { weight.contains($0) ? $0 : 70 }
        return weight.first(where: known.contains) ?? 70
    }
}
