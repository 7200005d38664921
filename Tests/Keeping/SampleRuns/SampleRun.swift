internal import Checkers
internal import Faults
public import Histories
internal import Models
public import Reports
public import Results
internal import Topologies

extension StoredRun {
    /// A made-up valid run of any length, for tests and benchmarks of reports: five processes on
    /// one register after another, a fault each eighth of the time, two leaders.
    public static func sample(operations: Int) -> StoredRun {
        var history = History()
        var results = RunResults(
            plan: "sample", seed: 1, rerun: "whitewater test sample.yaml --seed 1",
            started: "20260101T000000.000Z")
        let length = max(Double(operations) / 300, 10)
        var counts = RunResults.Counts()
        for number in 0..<operations {
            let start = length * Double(number) / Double(max(operations, 1))
            // Outcomes and latencies that repeat after a prime number of operations.
            let outcome = number % 97 == 13 ? Event.Kind.info : number % 11 == 3 ? .fail : .ok
            let latency = outcome == .info ? 1 : 0.001 * Double(1 + number * 7 % 23)
            let process = outcome == .info ? 1_000 + number : number % 5
            for (kind, time) in [(Event.Kind.invoke, start), (outcome, start + latency)] {
                append(
                    Event(
                        index: history.eventCount,
                        time: Timestamp(nanoseconds: Int(time * 1_000_000_000)),
                        process: .client(process), kind: kind, function: "read",
                        key: .int(number / 500), value: .null), to: &history)
            }
            switch outcome {
            case .fail: counts.fail += 1
            case .info: counts.info += 1
            case .ok, .invoke: counts.ok += 1
            }
        }
        results.counts["read"] = counts
        results.timings.load = length
        if operations > 0 {
            results.faults = (0..<8).map { fault($0, length: length) }
            results.observations = observations(length: length)
        }
        results.add(report(on: history))
        results.verdict = operations > 0 ? .valid : .inconclusive
        results.reasons = [operations > 0 ? "all keys are linearizable" : "nothing was tested"]
        results.loadBegan = 0
        results.nodes = (1...5).map(NodeName.init(number:))
        results.workers = 5
        return StoredRun(results: results, history: history, plan: "name: sample\n")
    }

    /// A run of a history in memory, digested and excerpted as the harness does it.
    public init(results: RunResults, history: History, plan: String? = nil) {
        var results = results
        results.digest = HistoryDigest(history, of: results)
        self.init(
            results: results, excerpt: HistoryExcerpt(history, of: results), plan: plan)
    }

    /// Each process completes before it invokes again: the times do not say so, but only the order
    /// counts.
    private static func append(_ event: Event, to history: inout History) {
        do {
            try history.append(event)
        } catch {
            preconditionFailure("the sample is no history: \(error)")
        }
    }

    private static func report(on history: History) -> Checkers.Report {
        do {
            return try Checker().check(history)
        } catch {
            preconditionFailure("the sample is no history of registers: \(error)")
        }
    }

    private static func fault(_ number: Int, length: Double) -> FaultRecord {
        let kind = FaultCatalog.all[number * 3 % FaultCatalog.all.count]
        var record = FaultRecord(number: number + 1, kind: kind.name, family: kind.family)
        record.nodes = [NodeName(number: number % 5 + 1)]
        record.start = length * (Double(number) + 0.2) / 8
        record.end = length * (Double(number) + 0.6) / 8
        record.recovered = length * (Double(number) + 0.7) / 8
        record.checks = [.init("something was seen", number != 5, "\(number * 17) packets")]
        return record
    }

    private static func observations(length: Double) -> [NodeObservation] {
        var observations = (1...5).map { node in
            NodeObservation(
                node: NodeName(number: node), time: 0, process: .up,
                role: node == 1 ? .leader : .other,
                term: 2)
        }
        func add(
            _ node: Int, _ share: Double, _ process: NodeObservation.Process,
            _ role: NodeObservation.Role?, _ term: Int?, lags: Bool? = nil
        ) {
            observations.append(
                NodeObservation(
                    node: NodeName(number: node), time: length * share, process: process,
                    role: role, term: term, lags: lags))
        }
        add(1, 0.3, .down, nil, nil)
        add(3, 0.32, .up, .leader, 3)
        add(1, 0.4, .up, .other, 3)
        add(2, 0.6, .paused, nil, nil)
        add(2, 0.7, .up, nil, nil)
        add(4, 0.8, .up, .other, 3, lags: true)
        add(4, 0.9, .up, .other, 3, lags: false)
        return observations
    }
}
