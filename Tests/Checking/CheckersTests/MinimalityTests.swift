import Checkers
import Histories
import Models
import Testing

/// What is shown as a contradiction is as small as it says, tried with the checker itself.
@Suite struct `Smallest contradictions` {
    private func contradiction(_ text: String) throws -> (History, Contradiction)? {
        let history = try History(text: text)
        let report = try Checker(model: Register()).check(history)
        guard case .violation(let found) = report.verdict else { return nil }
        return (history, found)
    }

    /// Operations one after the other, with the value read or the argument.
    private static func story(_ steps: [(function: String, value: String)]) -> String {
        steps.enumerated().map { place, step in
            let input = step.function == "read" ? "nil" : step.value
            return """
                {:process \(place) :type :invoke :f :\(step.function) :value \(input)}
                {:process \(place) :type :ok :f :\(step.function) :value \(step.value)}
                """
        }.joined(separator: "\n")
    }

    @Test func `a write that was acknowledged needs nobody who saw it`() throws {
        let (_, found) = try #require(
            try contradiction(
                Self.story([
                    ("write", "1"), ("cas", "[1 2]"), ("read", "2"), ("read", "nil"),
                ])))
        #expect(found.history == [0, 3])
        #expect(found.sentence.contains("had written 1"))
    }

    @Test func `what was done behind the missed write, and seen by nobody who stays, goes`() throws
    {
        let (_, found) = try #require(
            try contradiction(
                Self.story([
                    ("write", "15"), ("cas", "[15 17]"), ("write", "20"), ("cas", "[20 21]"),
                    ("cas", "[21 22]"), ("read", "22"), ("read", "17"),
                ])))
        #expect(found.history == [0, 1, 2, 6])
        #expect(found.missed == 2 && found.culprit == 6)
    }

    /// Whether a history of its own operations is a violation with less demanded of one of them: no
    /// observation at all, or a change that came later or never.
    private func contradicts(
        _ found: Contradiction, in history: History, without loosened: Int?
    ) throws -> Bool {
        let kept = found.history.filter { id in
            !(id == loosened && history.operations[id].function == "read")
        }
        let open = Set(found.openEnded + [loosened].compactMap(\.self))
        var lines: [(event: Int, text: String)] = []
        for id in kept {
            let operation = history.operations[id]
            let name = ":process \(id) :f :\(operation.function)"
            lines.append(
                (operation.invocation, "{\(name) :type :invoke :value \(operation.input)}"))
            guard operation.completion != .max, !open.contains(id),
                case .ok(let value) = operation.outcome
            else { continue }
            lines.append((operation.completion, "{\(name) :type :ok :value \(value)}"))
        }
        // Nothing contradicts nothing.
        guard !lines.isEmpty else { return false }
        let text = lines.sorted { $0.event < $1.event }.map(\.text).joined(separator: "\n")
        let report = try Checker(model: Register()).check(try History(text: text))
        if case .violation = report.verdict { return true }
        return false
    }

    /// Random clients of a register that now and then answers with something else.
    private static func lies(seed: UInt64) -> String {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        func random(_ bound: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % bound
        }
        var lines: [String] = []
        var held = 0
        var open: [Int: (name: String, value: Int)] = [:]
        for _ in 0..<120 {
            let process = Int(random(4))
            if let (name, value) = open.removeValue(forKey: process) {
                if name == "write" { held = value }
                let seen = random(9) == 0 ? Int(random(3)) : held
                lines.append(
                    "{:process \(process) :type :ok :f :\(name) "
                        + ":value \(name == "write" ? value : seen)}")
            } else {
                let isWrite = random(2) == 0
                let value = Int(random(3))
                open[process] = (isWrite ? "write" : "read", value)
                lines.append(
                    "{:process \(process) :type :invoke :f :\(isWrite ? "write" : "read") "
                        + ":value \(isWrite ? "\(value)" : "nil")}")
            }
        }
        return lines.joined(separator: "\n")
    }

    @Test func `nothing of them can go`() throws {
        var several = 0
        for seed in 1...120 {
            // Some liars get away with it.
            guard let (history, found) = try contradiction(Self.lies(seed: UInt64(seed))) else {
                continue
            }
            if found.history.count > 2 { several += 1 }
            #expect(found.isMinimal)
            #expect(try contradicts(found, in: history, without: nil), "it is one by itself")
            for id in found.history where !found.openEnded.contains(id) {
                #expect(
                    try !contradicts(found, in: history, without: id),
                    "seed \(seed), operation \(id) of \(found)")
            }
        }
        #expect(several > 20, "enough that are not trivial")
    }

    @Test func `the states behind each operation are those of every legal order`() throws {
        let text = """
            {:process 0 :type :invoke :f :write :value 1}
            {:process 1 :type :invoke :f :write :value 2}
            {:process 0 :type :ok :f :write :value 1}
            {:process 1 :type :ok :f :write :value 2}
            {:process 2 :type :invoke :f :read :value nil}
            {:process 2 :type :ok :f :read :value 1}
            {:process 2 :type :invoke :f :read :value nil}
            {:process 2 :type :ok :f :read :value 2}
            """
        let (_, found) = try #require(try contradiction(text))
        let possible = Dictionary(
            uniqueKeysWithValues: found.possible.map { ($0.operation, $0.states) })
        #expect(possible[0] == ["1"])
        #expect(possible[1] == ["2"])
        #expect(Set(found.history) == [0, 1, 2, 3])
        // Either read can come behind both writes, but not one behind the other.
        #expect(possible[2] == ["1"])
        #expect(possible[3] == [] || possible[3] == ["2"])
    }
}
