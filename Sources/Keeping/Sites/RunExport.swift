internal import Archive
internal import Faults
internal import Foundation
public import Reports
internal import Results

/// One run for other programs: as tests, for a chat, as data.
public struct RunExport: Sendable {
    private let run: StoredRun
    private let folder: String
    private var results: RunResults { run.results }

    /// The exports of a run; `folder` is what they call it.
    public init(_ run: StoredRun, folder: String) {
        self.run = run
        self.folder = folder
    }

    /// JUnit's XML: a case for each thing that a run is asked, and for each fault.
    public var junit: String { TestSuite.junit([suite], name: results.plan) }

    /// A few lines of Markdown.
    public var markdown: String { Page(run).markdown + "\n" }

    /// The run's row with the groups of its violations and findings, and the reasons, in JSON; all else is in `results.json`.
    public var json: String {
        get throws {
            struct Export: Encodable {
                let format = 1
                let run: RunRow
                let exitStatus: Int32
                let reasons: [String]
                let diagnoses: [Diagnosis]
                let findingGroups: [FindingGroup]
                let rerun: String
            }
            return try ExportedJSON.text(
                Export(
                    run: RunRow(results, folder: folder),
                    exitStatus: results.verdict.exitStatus, reasons: results.reasons,
                    diagnoses: results.digest?.diagnoses ?? [],
                    findingGroups: results.findingGroups ?? [], rerun: results.rerun))
        }
    }

    private var suite: TestSuite {
        let timings = results.timings
        return TestSuite(
            name: "\(results.plan) seed \(results.seed)", started: results.started,
            seconds: timings.setUp + timings.load + timings.ending + timings.tearDown
                + timings.check,
            cases: RunAspect.allCases.map { TestCase(name: $0.rawValue, ending: ending(of: $0)) }
                + results.faults.map(faultCase))
    }

    private func ending(of aspect: RunAspect) -> TestCase.Ending {
        let found = results.findings.filter { RunAspect($0.kind) == aspect }.map(\.sentence)
        if !found.isEmpty { return .failed(found) }
        guard results.ending != .notSetUp else {
            return aspect == .linearizable
                ? .error(results.reasons) : .skipped("the run never began")
        }
        return aspect == .linearizable ? linearizable : .passed
    }

    private var linearizable: TestCase.Ending {
        let broken = results.keys.filter { $0.verdict == .violation }
        if !broken.isEmpty {
            let diagnoses = results.digest?.diagnoses.map(\.sentence) ?? []
            return .failed(
                diagnoses + broken.map { $0.prefix + ($0.contradiction?.sentence ?? "violation") })
        }
        return switch results.verdict {
        case .undecided, .inconclusive, .failed: .error(results.reasons)
        case .valid, .invalid:
            results.total.completed > 0 ? .passed : .error(["no operation to judge"])
        }
    }

    private func faultCase(_ fault: FaultRecord) -> TestCase {
        let name = "fault \(fault.number): \(fault.kind) on \(fault.nodeWords)"
        if fault.bit { return TestCase(name: name, ending: .passed) }
        let unmet = fault.checks.filter { !$0.isMet }.map { "\($0.demand): \($0.detail)" }
        let others = results.faults.count { $0.bit && $0.kind == fault.kind }
        return TestCase(
            name: name,
            ending: others > 0
                ? .skipped("took no certain effect, but \(others) others of its kind did")
                : .error(["took no certain effect, nor did another one of its kind"] + unmet))
    }
}

/// JSON as exports have it: sorted, so that two of them can be compared.
enum ExportedJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
