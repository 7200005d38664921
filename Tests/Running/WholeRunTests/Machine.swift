import Foundation
import Histories
import Netfilter
import Runner
import Stores
import Testing

/// The program under test with what it starts, and what a machine shows of them.
struct Machine {
    /// The program beside the test bundle.
    static let program: String = {
        let executable =
            (try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let candidates = [executable] + CommandLine.arguments
        let folders = candidates.map { URL(filePath: $0).deletingLastPathComponent() }
        return folders.map { $0.appending(path: "whitewater").path }
            .first(where: FileManager.default.isExecutableFile(atPath:)) ?? "whitewater"
    }()

    /// Whether anybody may run the program, where it lies.
    static let isForAll: Bool = {
        var folder = URL(filePath: program)
        while folder.path != "/" {
            let mode =
                (try? FileManager.default.attributesOfItem(atPath: folder.path))?[.posixPermissions]
            guard ((mode as? Int) ?? 0) & 1 == 1 else { return false }
            folder.deleteLastPathComponent()
        }
        return geteuid() == 0
    }()

    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A folder for results that no other test uses.
    let results = FileManager.default.temporaryDirectory
        .appending(path: "whitewater-\(UUID().uuidString)").path

    var latest: RunFolder { RunFolder(existing: results + "/latest") }

    func removeResults() { try? FileManager.default.removeItem(atPath: results) }

    /// A running program with what it prints.
    func start(
        _ arguments: [String], program: String = Machine.program,
        environment: [String: String] = [:]
    ) throws -> (process: Process, output: Pipe) {
        let process = Process()
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = Self.root
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return (process, output)
    }

    func run(
        _ arguments: [String], program: String = Machine.program,
        environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        let (process, output) = try start(
            arguments, program: program, environment: environment)
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// Runs a plan until it says something.
    ///
    /// A run that the machine left too little time to test anything says so of itself, by exit
    /// status 2: it accuses nobody, acquits nobody, and is no reason to call a test failed. It is
    /// made again, twice at most; any other ending is the answer.
    func conclude(
        _ arguments: [String], program: String = Machine.program,
        environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        var ended = try run(arguments, program: program, environment: environment)
        for _ in 0..<2 where ended.status == 2 {
            ended = try run(arguments, program: program, environment: environment)
        }
        return ended
    }

    /// Runs a plan on a system that breaks its promises until it is found out.
    ///
    /// A violation takes two clients who look at the wrong moments, so one run may miss it: two
    /// more may follow, and the last one's ending is the answer. A failure is one at once.
    func convict(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        var ended = try run(arguments, environment: environment)
        for _ in 0..<2 where ended.status == 0 || ended.status == 2 {
            ended = try run(arguments, environment: environment)
        }
        return ended
    }

    /// The arguments of a run of a plan that declares its system.
    func declared(_ plan: String, faults: String, time: String) -> [String] {
        [
            "test", "Workloads/\(plan).yaml", "--time-limit", time, "--seed", "3", "--faults",
            faults, "--results", results,
        ]
    }

    /// Waits until the condition holds; false if it does not within the time.
    static func await(_ condition: () -> Bool, within time: Duration = .seconds(60)) -> Bool {
        let deadline = ContinuousClock.now + time
        while ContinuousClock.now < deadline {
            if condition() { return true }
            pause()
        }
        return condition()
    }

    /// Between two looks at another process: its files, its memory and the ends of its
    /// grandchildren announce themselves to nobody here, so a test looks again and again until a
    /// deadline.
    static func pause() { usleep(5_000) }

    func awaitHistory(longerThan bytes: Int) {
        let isThere = Self.await {
            let size =
                try? FileManager.default.attributesOfItem(atPath: latest.history)[.size] as? Int
            return size ?? 0 > bytes
        }
        #expect(isThere, "no history of \(bytes) bytes after a minute")
    }

    // MARK: Processes

    static func descendants(of process: Int32) -> [Int32] {
        // Children of a thread stand in that thread's file.
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task"))
        let children = (tasks ?? []).flatMap { task in
            text(of: "/proc/\(process)/task/\(task)/children").split(separator: " ")
                .compactMap { Int32($0) }
        }
        return children.flatMap { [$0] + descendants(of: $0) }
    }

    /// A file's text through a handle: what reads whole files at once keeps a page of memory for each
    /// empty one, and a hundred runs that are looked at 200 times a second are all of a machine's.
    private static func text(of file: String) -> String {
        guard let handle = FileHandle(forReadingAtPath: file) else { return "" }
        defer { try? handle.close() }
        return String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    }

    static func isAlive(_ process: Int32) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let state = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].dropFirst(2).first
        else { return false }
        return state != "Z" && state != "X"
    }

    /// A process's state and command.
    static func describe(_ process: Int32) -> String {
        let text = { (file: String) in
            (try? String(contentsOfFile: "/proc/\(process)/\(file)", encoding: .utf8)) ?? "?"
        }
        let command = text("cmdline").replacing("\0", with: " ").prefix(120)
        return "\(text("stat").prefix(60)) \(command)"
    }

    /// Namespaces, mounts and rules of this process's own surroundings, none of which a run may
    /// change.
    static func surroundings() -> [String] {
        let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? "?"
        let links = (try? String(contentsOfFile: "/proc/net/dev", encoding: .utf8)) ?? "?"
        let names = links.split(separator: "\n").compactMap { $0.split(separator: ":").first }
        let hasChain = (try? FilterTable.hasChain("WHITEWATER")) ?? false
        return [mounts, names.dropFirst(2).joined(separator: " "), "chain: \(hasChain)"]
    }
}
