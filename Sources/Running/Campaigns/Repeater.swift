public import Archive
internal import Foundation
public import Plans
internal import Stores

/// Runs plans again and looks for a failure of a known name.
public final class Repeater {
    private let folder: String
    private let planFolder: String?
    private let pool: LabPool
    private var number = 0
    /// Whether somebody asked for the end.
    public private(set) var isStopped = false
    /// How many runs it has started.
    public var started: Int { number }

    /// A repeater whose runs land in a folder, of plans whose relative programs are found in another.
    public init(
        folder: String, planFolder: String?, program: String, parallel: Campaign.Parallel
    ) {
        self.folder = folder
        self.planFolder = planFolder
        pool = LabPool(program: program, parallel: parallel)
    }

    /// Asks for the end, from any thread.
    public var stop: @Sendable () -> Void { pool.stop }

    /// Runs a plan with its seed so many times.
    ///
    /// - Returns: the rows of the runs that ended; fewer if a person ended it.
    /// - Throws: the error of the system if a run cannot be started.
    public func run(_ plan: Plan, times: Int) throws -> [RunRow] {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/plan-\(number + 1).yaml"
        try Data(plan.yaml.utf8).write(to: URL(filePath: file))
        var rows: [RunRow] = []
        var started = 0
        while pool.count > 0 || started < times && !isStopped {
            while started < times, !isStopped, pool.count < pool.allowed {
                started += 1
                number += 1
                try pool.start(
                    number,
                    arguments: [file, "--results", place(number)]
                        + (planFolder.map { ["--beside", $0] } ?? []),
                    output: place(number) + "/output.txt")
            }
            switch pool.next() {
            case .ended(let number, _, _): if let row = row(number) { rows.append(row) }
            case .stop:
                isStopped = true
                for number in 1...number { pool.interrupt(number) }
            case nil: break
            }
        }
        return rows
    }

    private func place(_ number: Int) -> String { folder + "/\(number)" }

    private func row(_ number: Int) -> RunRow? {
        let latest = place(number) + "/latest"
        guard FileManager.default.fileExists(atPath: latest) else { return nil }
        let run = RunFolder(existing: latest)
        return (try? run.readResults()).map { RunRow($0, folder: run.path) }
    }
}
