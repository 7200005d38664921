internal import Faults
internal import Foundation
public import Results

extension RunRow {
    /// The row of a run by hand; a campaign fills in what it knows besides.
    public init(_ results: RunResults, folder: String) {
        self.init(
            folder: folder, seed: results.seed,
            verdict: Verdict(rawValue: results.verdict.rawValue) ?? .failed)
        cell = results.plan
        plan = results.plan
        system = results.system ?? ""
        version = results.versions["system"] ?? ""
        harness = results.versions["whitewater"] ?? ""
        started = results.started
        let timings = results.timings
        seconds =
            timings.setUp + timings.load + timings.ending + timings.tearDown + timings.check
        let total = results.total
        (ok, failed, unknown) = (total.ok, total.fail, total.info)
        slowestRecovery = Self.slowestRecovery(of: results.faults)
        worstOutage = results.digest?.worstOutage?.length
        if let latency = results.digest?.latency, latency.count > 0 {
            (medianLatency, p99Latency) = (latency.median, latency.p99)
        }
        faults = Self.counts(of: results.faults)
        noteOutages(in: results)
        failures = Failure.all(in: results)
    }

    private static func slowestRecovery(of records: [FaultRecord]) -> Double? {
        records.compactMap { record in record.recovered.map { $0 - record.end } }.max()
    }

    private static func counts(of records: [FaultRecord]) -> [FaultCount] {
        Dictionary(grouping: records, by: \.kind).map { kind, records in
            FaultCount(
                kind: kind.rawValue, tried: records.count, bit: records.count(where: \.bit),
                slowestRecovery: slowestRecovery(of: records))
        }.sorted { $0.kind < $1.kind }
    }
}

extension RunRow.Failure {
    /// Every way in which a run failed, each name once.
    static func all(in results: RunResults) -> [RunRow.Failure] {
        let system = results.system ?? ""
        let findings = results.findings.map { finding in
            RunRow.Failure(
                Signature(
                    finding.kind == .check ? .violation : .node, of: system, finding.kind.rawValue,
                    finding.kind == .panic ? finding.detail : finding.aspect ?? ""),
                count: finding.others ?? 1,
                example: (finding.node.map { "\($0): " } ?? "") + finding.detail,
                first: results.time(of: finding))
        }
        let seen = violations(in: results) + findings + others(in: results)
        return Dictionary(grouping: seen, by: \.signature).map { signature, all in
            RunRow.Failure(
                signature, count: all.reduce(0) { $0 + $1.count }, example: all[0].example,
                first: all.compactMap(\.first).min())
        }.sorted { $0.signature < $1.signature }
    }

    /// By anomaly and situation of the nodes; runs of older formats know the anomaly alone.
    private static func violations(in results: RunResults) -> [RunRow.Failure] {
        let system = results.system ?? ""
        guard let digest = results.digest, !digest.diagnoses.isEmpty else {
            return results.keys.compactMap { key in
                key.contradiction.map {
                    RunRow.Failure(
                        Signature(.violation, of: system, $0.kindName), count: 1,
                        example: $0.sentence)
                }
            }
        }
        return digest.diagnoses.map { diagnosis in
            let times = digest.violations.filter(diagnosis.holds).compactMap(\.time)
            return RunRow.Failure(
                Signature(.violation, of: system, diagnosis.anomaly, diagnosis.cause.rawValue),
                count: diagnosis.count, example: diagnosis.sentence, first: times.min())
        }
    }

    /// A reason without the example that it ends with, which is another one each time.
    private static func cause(of reason: String) -> String {
        reason.firstRange(of: "; the last: ").map { String(reason[..<$0.lowerBound]) } ?? reason
    }

    private static func others(in results: RunResults) -> [RunRow.Failure] {
        let series: Signature.Series? =
            switch results.verdict {
            case .valid, .invalid: nil
            case .undecided, .inconclusive: .inconclusive
            case .failed: .harness
            }
        guard let series else { return [] }
        return results.reasons.map {
            RunRow.Failure(
                Signature(series, results.verdict.rawValue, cause(of: $0)), count: 1, example: $0)
        }
    }
}
