import Checkers
import Histories
import Models
import Plans
import Results
import Synchronization
import Testing
import Topologies
import Workloads

@testable import Runner

@Suite struct `What is said while a run goes on` {
    private static func events(_ text: String, key: Int = 1) throws -> [Event] {
        // What the recorder hands over has the key apart from the value.
        var events: [Event] = []
        for (place, line) in text.split(separator: "\n").enumerated() {
            let words = line.split(separator: " ").map(String.init)
            let kind = try #require(Event.Kind(rawValue: words[1]))
            events.append(
                Event(
                    index: place, time: Timestamp(.milliseconds(place)),
                    process: .client(try #require(Int(words[0]))), kind: kind,
                    function: words[2], key: .int(key),
                    value: Int(words[3]).map(Value.int) ?? .null))
        }
        return events
    }

    /// A write, a read that misses it, and one that does not.
    private static let stale = """
        0 invoke write 1
        0 ok write 1
        1 invoke read nil
        1 ok read nil
        1 invoke read nil
        1 ok read 1
        """

    // MARK: Keys

    @Test func `a key is ready when it has been left and everything on it has come back`() throws {
        let events = try Self.events(Self.stale)
        var keys = OpenKeys()
        keys.begin(.int(1))
        keys.begin(.int(1))
        keys.begin(.int(2))
        #expect(keys.end(.int(1), Array(events[2...3])).isEmpty)
        #expect(keys.retire([.int(1)]).isEmpty, "one operation is out")
        let ready = keys.end(.int(1), Array(events[0...1]))
        #expect(ready.map(\.key) == [.int(1)])
        #expect(ready.first?.events.map(\.index) == [0, 1, 2, 3], "in the order of the history")
        #expect(keys.retireAll().isEmpty, "of key 2 nothing has come back")
    }

    @Test func `a key for all clients of a long load is not held in memory twice`() throws {
        let pair = Array(try Self.events(Self.stale)[0...1])
        var keys = OpenKeys()
        for _ in 0...OpenKeys.mostOperations {
            keys.begin(.int(1))
            _ = keys.end(.int(1), pair)
        }
        #expect(keys.retire([.int(1)]).isEmpty)
    }

    // MARK: Sentences

    private static func judge(
        _ ready: [OpenKeys.Ready], naming: @escaping @Sendable (String) -> String = { $0 }
    ) async -> (verdict: EarlyVerdict, told: [String]) {
        let told = Told()
        let judge = EarlyJudge(
            [LinearizabilityCheck(Register(), budget: Budget())], clock: RunClock(),
            tally: Tally { told.add($0) }, naming: naming)
        judge.take(ready)
        if ready.contains(where: { $0.key == .int(1) }) { await judge.first.wait() }
        return (await judge.finish(), told.all)
    }

    private final class Told: Sendable {
        private let sentences = Mutex<[String]>([])
        var all: [String] { sentences.withLock { $0 } }
        func add(_ sentence: String) { sentences.withLock { $0.append(sentence) } }
    }

    @Test func `a broken key is told, with the completion that broke it`() async throws {
        let events = try Self.events(Self.stale)
        let (verdict, told) = await Self.judge([.init(key: .int(1), events: events)])
        #expect(verdict.violations.map(\.key) == ["1"])
        #expect(verdict.violations.first?.broken == 0.003, "not the last event of the key")
        #expect(told.count == 1 && told[0].contains("key 1"), "\(told)")
    }

    @Test func `a broken key is told in the words of people, who know nodes`() async throws {
        var results = RunResults(plan: "x", seed: 1, rerun: "again", started: "now")
        (results.nodes, results.workers) = ((1...2).map(NodeName.init(number:)), 2)
        let events = try Self.events(Self.stale)
        let (verdict, told) = await Self.judge([.init(key: .int(1), events: events)]) {
            [results] in results.namingNodes(in: $0)
        }
        let sentence = try #require(verdict.violations.first).sentence
        #expect(sentence.contains("n2 (client 1)") && !sentence.contains("process"), "\(sentence)")
        #expect(told[0].hasSuffix(sentence))
    }

    @Test func `what nodes say is told once of each kind and node, and ends a run as well`() async {
        let told = Told()
        let judge = EarlyJudge([], clock: RunClock(), tally: Tally { told.add($0) })
        let finding = Finding(.twoLeaders, node: NodeName(number: 2), detail: "n1 led in term 2")
        judge.tell(finding)
        judge.tell(finding)
        #expect(judge.first.isStopped)
        #expect(await judge.finish().findings.map(\.finding) == [finding])
        #expect(told.all.count == 1)
    }

    // MARK: The end

    private static func results(keys: String) throws -> RunResults {
        var results = RunResults(plan: "x", seed: 1, rerun: "again", started: "now")
        results.add(try Checker().check(History(text: keys).keyed(.independent)))
        results.failures = []
        results.early = EarlyVerdict()
        results.early?.violations = [.init(key: "1", broken: 2, said: 3, sentence: "stale")]
        return results
    }

    private static let sound = "{:process 0 :type :invoke :f :read :value [1 nil]}"
    private static let broken = """
        {:process 0 :type :invoke :f :read :value [1 nil]}
        {:process 0 :type :ok :f :read :value [1 7]}
        """

    @Test func `a violation that the whole history does not confirm is the harness's failure`()
        throws
    {
        let plan = try Plan(yaml: "name: x")
        let judge = Judge(plan: plan, functions: [], leastSuccesses: 0)
        var results = try Self.results(keys: Self.sound)
        results.settleEarlyVerdict()
        judge.judge(&results)
        #expect(results.verdict == .failed)
        #expect(results.verdict.exitStatus == 70)
        #expect(results.reasons.contains { $0.contains("does not confirm") })
        results.settleEarlyVerdict()
        #expect(results.failures?.count == 1, "said again, it is still one")

        var confirmed = try Self.results(keys: Self.broken)
        confirmed.settleEarlyVerdict()
        judge.judge(&confirmed)
        #expect(confirmed.verdict == .invalid)
        #expect(confirmed.firstViolation == 2)
    }

    @Test func `a finding on nodes that was told and is gone at the end is a failure too`() throws {
        var results = try Self.results(keys: Self.broken)
        results.early?.findings = [.init(Finding(.panic, node: nil, detail: "it was"), said: 1)]
        results.settleEarlyVerdict()
        #expect(results.failures?.map(\.kind) == [.unconfirmed])
        results.findings = [Finding(.panic, node: nil, detail: "with more words", time: 0.5)]
        results.settleEarlyVerdict()
        #expect(results.failures?.isEmpty == true)
        #expect(results.firstViolation == 0.5)
    }
}
