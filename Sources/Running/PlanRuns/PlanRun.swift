internal import Foundation
public import Results
internal import Stores

/// A run of a plan by a program of its own, for tests: in Swift Testing and XCTest alike a test
/// fails with what is thrown, which explains itself.
///
///     @Test func `my Raft keeps its promises`() throws {
///         try PlanRun(plan: "Plans/my-raft.yaml", program: "my-whitewater").require(.valid)
///     }
///
/// A test's own process cannot be the harness, which starts itself anew inside of a lab.
public struct PlanRun: Sendable {
    /// The plan's file.
    public var plan: String
    /// The harness: a path, or the name of a program of the package under test.
    public var program: String
    /// Options of `test`: `["--seed", "7", "--time-limit", "20s"]`.
    public var options: [String]
    /// The folder for results.
    public var results: String

    /// A run that has not begun; its results land in the given folder, `results` if none is given.
    public init(
        plan: String, program: String, options: [String] = [], results: String = "results"
    ) {
        self.plan = plan
        self.program = program
        self.options = options
        self.results = results
    }

    /// Runs the plan to its end; blocks the thread for as long as that takes.
    ///
    /// - Returns: what the run found out, a verdict whatever it is.
    /// - Throws: ``PlanRunError`` if there is no verdict.
    public func perform() throws -> RunResults {
        let output = FileManager.default.temporaryDirectory
            .appending(path: "whitewater-\(UUID().uuidString).txt")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(filePath: try executable())
        process.arguments = ["test", plan, "--results", results] + options
        let writing = try FileHandle(forWritingTo: output)
        process.standardOutput = writing
        process.standardError = writing
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw PlanRunError("\(program) does not start: \(error)")
        }
        process.waitUntilExit()
        guard (0...2).contains(process.terminationStatus) else {
            let said = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
            throw PlanRunError(
                "\(program) test \(plan) ended with \(process.terminationStatus) and no verdict:\n"
                    + said.suffix(4_000))
        }
        return try RunFolder(existing: results + "/latest").readResults()
    }

    /// Runs the plan, and insists on a verdict.
    ///
    /// - Returns: what the run found out.
    /// - Throws: ``PlanRunError`` with the explanation if the verdict is another one.
    @discardableResult
    public func require(_ verdict: RunVerdict) throws -> RunResults {
        let found = try perform()
        guard found.verdict == verdict else {
            throw PlanRunError(found, expected: verdict, results: results)
        }
        return found
    }

    /// The program at its path, or beside the tests, where packages have their products.
    private func executable() throws -> String {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = ([own].compactMap(\.self) + CommandLine.arguments).map {
            URL(filePath: $0).deletingLastPathComponent().appending(path: program).path
        }
        let candidates = (program.contains("/") ? [program] : []) + beside
        guard let found = candidates.first(where: FileManager.default.isExecutableFile(atPath:))
        else {
            throw PlanRunError(
                "there is no program \(program), neither as a path nor beside the tests; name a "
                    + "product of the package that calls Whitewater.main, and let the test's "
                    + "target depend on it")
        }
        return found
    }
}

/// Why a test that runs a plan fails.
public struct PlanRunError: Error, Hashable, CustomStringConvertible {
    /// The explanation, of several lines.
    public let description: String

    /// An explanation.
    public init(_ description: String) { self.description = description }

    /// Another verdict than the expected one: why, what contradicts what, and how to run it again.
    public init(_ found: RunResults, expected: RunVerdict, results: String) {
        let contradictions = (found.digest?.violations ?? []).prefix(3).map { violation in
            (violation.key.map { "key \($0): " } ?? "") + violation.sentence
        }
        let lines =
            ["\(found.plan) is \(found.verdict.rawValue), not \(expected.rawValue)"]
            + found.reasons + contradictions
            + ["page: \(results)/latest/index.html", "again: \(found.rerun)"]
        self.init(lines.joined(separator: "\n  "))
    }
}
