import Checkers
import Histories
import Models
import Testing

@Suite struct `Explanations` {
    private func contradiction(
        _ text: String, semantics: Semantics = Semantics()
    ) throws -> Contradiction? {
        let report = try Checker(model: Register(semantics: semantics)).check(History(text: text))
        guard case .violation(let contradiction) = report.verdict else { return nil }
        return contradiction
    }

    @Test func `a stale read is named with the write that it missed`() throws {
        let found = try contradiction(
            """
            {:process 0 :type :invoke :f :write :value 5 :time 0}
            {:process 0 :type :ok :f :write :value 5 :time 1000000}
            {:process 1 :type :invoke :f :write :value 7 :time 1050000000}
            {:process 1 :type :ok :f :write :value 7 :time 1101000000}
            {:process 3 :type :invoke :f :read :value nil :time 1204000000}
            {:process 3 :type :ok :f :read :value 5 :time 1206000000}
            """)
        #expect(found?.kind == .stale)
        #expect(found?.culprit == 2)
        #expect(found?.missed == 1)
        #expect(found?.operations == [0, 1, 2])
        // Without the stale read, or before the write that it missed, the story holds.
        #expect(found?.order.map(\.operation) == [0, 1])
        #expect(found?.order.map(\.state) == ["5", "7"])
        #expect(
            found?.sentence
                == "process 3 read 5 (1.204 to 1.206 s), but process 1 had written 7 (1.050 to "
                + "1.101 s) before that began, and nobody wrote 5 again")
    }

    @Test func `of a ring of compare-and-sets all are named`() throws {
        var lines: [String] = []
        for (process, pair) in ["[1 2]", "[2 3]", "[3 1]"].enumerated() {
            lines.append("{:process \(process) :type :invoke :f :cas :value \(pair)}")
            lines.append("{:process \(process) :type :ok :f :cas :value \(pair)}")
        }
        let found = try #require(try contradiction(lines.joined(separator: "\n")))
        #expect(found.operations == [0, 1, 2])
        #expect(found.culprit == 2)
        #expect(found.sentence.hasSuffix("(with operations 0 and 1)"), "\(found.sentence)")
    }

    @Test func `an operation that returned at no known time is not of unknown outcome`() throws {
        let found = try contradiction(
            """
            {:process 0 :type :invoke :f :read :time 1000000}
            {:process 0 :type :ok :f :read :value 9}
            """)
        #expect(found?.sentence.contains("(from 0.001 s to event 1)") == true)
    }

    @Test func `a value that nobody wrote is named`() throws {
        let found = try contradiction(
            "{:process 0 :type :invoke :f :read}\n{:process 0 :type :ok :f :read :value 9}")
        #expect(found?.kind == .unwritten)
        #expect(found?.operations == [0])
        #expect(found?.sentence.contains("nobody wrote that value") == true)
    }

    @Test func `a read before its write is named`() throws {
        let found = try contradiction(
            """
            {:process 0 :type :invoke :f :read}
            {:process 0 :type :ok :f :read :value 9}
            {:process 1 :type :invoke :f :write :value 9}
            {:process 1 :type :ok :f :write :value 9}
            """)
        #expect(found?.kind == .future)
        #expect(found?.operations == [0, 1])
    }

    @Test func `a violation with repeated values is reduced to what contradicts`() throws {
        var lines: [String] = []
        for round in 0..<50 {
            lines.append("{:process 0 :type :invoke :f :write :value \(round % 3)}")
            lines.append("{:process 0 :type :ok :f :write :value \(round % 3)}")
            lines.append("{:process 1 :type :invoke :f :read :value nil}")
            let seen = round == 40 ? 77 : round % 3
            lines.append("{:process 1 :type :ok :f :read :value \(seen)}")
        }
        let found = try contradiction(lines.joined(separator: "\n"))
        #expect(found?.kind == .unwritten)
        #expect(found?.culprit == 81)
        #expect(found?.operations == [81])
    }

    @Test func `a limit is said and never taken for a yes`() throws {
        let history = try History(
            text: """
                {:process 0 :type :invoke :f :write :value 1}
                {:process 0 :type :ok :f :write :value 1}
                {:process 1 :type :invoke :f :write :value 1}
                {:process 1 :type :ok :f :write :value 1}
                """)
        let report = try Checker(budget: Budget(configurations: 1)).check(history)
        guard case .undecided(let limit, let frontier) = report.verdict else {
            Issue.record("it said \(report.verdict)")
            return
        }
        #expect(limit == .configurations(1))
        #expect(frontier.configurations == 1)
    }

    @Test func `an operation that the model does not know is an error`() throws {
        let history = try History(text: "{:process 0 :type :invoke :f :enqueue :value 1}")
        let error = #expect(throws: ModelError.self) { try Checker().check(history) }
        #expect(error?.description.contains("it has read, write, cas") == true)
    }
}
