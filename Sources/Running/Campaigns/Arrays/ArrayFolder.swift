internal import Foundation

/// A folder that all machines of a cluster see: what its tasks do, and what they leave for the one
/// machine that gathers it.
///
/// Tasks only add to it, each in a folder that no other writes to; only the gatherer takes away.
public struct ArrayFolder: Hashable, Sendable {
    /// Its absolute path, the same on all machines.
    public let path: String

    /// A task as it was started once.
    ///
    /// After a node's death, or what Slurm takes for one, a task is started anew, perhaps while the
    /// first copy still works.
    public struct Copy: Hashable, Sendable, Comparable {
        /// The task's number, from 0.
        public let task: Int
        /// How often it had been started before.
        public let restart: Int

        /// A copy of a task.
        public init(task: Int, restart: Int) {
            self.task = task
            self.restart = restart
        }

        /// `000003.1`.
        var name: String { ArrayFolder.digits(task) + ".\(restart)" }

        init?(name: String) {
            let parts = name.split(separator: ".").compactMap { Int($0) }
            guard parts.count == 2 else { return nil }
            self.init(task: parts[0], restart: parts[1])
        }

        /// The first copies of all tasks first.
        public static func < (one: Copy, other: Copy) -> Bool {
            (one.restart, one.task) < (other.restart, other.task)
        }
    }

    /// A run that has ended, and that nobody has gathered.
    struct EndedRun: Hashable, Sendable {
        let copy: Copy
        let note: CampaignFolder.RunNote
        let place: String
    }

    /// The folder at a path.
    public init(at path: String) { self.path = URL(filePath: path).path }

    /// Makes the next free one below a folder: `array-1`, `array-2`, for a campaign that goes on has
    /// several.
    ///
    /// - Throws: `CampaignError` if it cannot be made.
    init(next base: String, plan: ArrayPlan) throws(CampaignError) {
        var number = 1
        while FileManager.default.fileExists(atPath: "\(base)/array-\(number)") { number += 1 }
        self.init(at: "\(base)/array-\(number)")
        do {
            for name in ["tasks", "ended", "output"] {
                try FileManager.default.createDirectory(
                    atPath: "\(path)/\(name)", withIntermediateDirectories: true)
            }
            try JSONEncoder().encode(plan).write(to: URL(filePath: planFile), options: .atomic)
        } catch {
            throw CampaignError(path: path, why: (error as NSError).localizedDescription)
        }
    }

    private var planFile: String { path + "/array.json" }

    /// What the tasks do.
    ///
    /// - Throws: `CampaignError` if it cannot be read.
    func plan() throws(CampaignError) -> ArrayPlan {
        do {
            return try JSONDecoder().decode(
                ArrayPlan.self, from: Data(contentsOf: URL(filePath: planFile)))
        } catch {
            throw CampaignError(
                path: planFile,
                why:
                    "cannot be read (\(error)); does this machine see the folder that the campaign "
                    + "was given with --shared?")
        }
    }

    /// Where a run lands: `tasks/000003.1/000012.1`.
    func place(of order: RunOrder, attempt: Int, in copy: Copy) -> String {
        "\(path)/tasks/\(copy.name)/\(Self.digits(order.number)).\(attempt)"
    }

    /// Notes that a run has ended: first for those who would make it again, then for the gatherer.
    ///
    /// - Throws: the error of the file system.
    func write(_ note: CampaignFolder.RunNote, in copy: Copy) throws {
        let data = try JSONEncoder().encode(note)
        if note.isFinal {
            let marker = "\(path)/ended/\(Self.digits(note.order.number)).json"
            try data.write(to: URL(filePath: marker), options: .atomic)
        }
        let place = place(of: note.order, attempt: note.attempt, in: copy)
        try data.write(to: URL(filePath: place + "/run.json"), options: .atomic)
    }

    /// What has ended for good in any task, gathered or not.
    func ended() -> [CampaignFolder.RunNote] {
        Self.names(in: path + "/ended").compactMap { Self.note("\(path)/ended/\($0)") }
    }

    /// Whether a run has ended for good in any task.
    func hasEnded(_ order: RunOrder) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/ended/\(Self.digits(order.number)).json")
    }

    /// All runs that lie here with their note.
    func endedRuns() -> [EndedRun] {
        Self.names(in: path + "/tasks").flatMap { name -> [EndedRun] in
            guard let copy = Copy(name: name) else { return [] }
            return Self.names(in: "\(path)/tasks/\(name)").compactMap { run in
                let place = "\(path)/tasks/\(name)/\(run)"
                return Self.note(place + "/run.json").map {
                    EndedRun(copy: copy, note: $0, place: place)
                }
            }
        }
    }

    private static func names(in path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    private static func note(_ file: String) -> CampaignFolder.RunNote? {
        FileManager.default.contents(atPath: file).flatMap {
            try? JSONDecoder().decode(CampaignFolder.RunNote.self, from: $0)
        }
    }

    private static func digits(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}
