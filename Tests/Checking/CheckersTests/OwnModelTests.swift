import Checkers
import Histories
import Models
import Testing

/// A text editor's buffer whose state has no hash: characters go in at the front or the end.
private struct Buffer: Model {
    struct Letters: Equatable, Sendable {
        var front: [Value] = []
        var back: [Value] = []

        static func == (one: Letters, other: Letters) -> Bool {
            one.front.reversed() + one.back == other.front.reversed() + other.back
        }
    }

    enum Call: Hashable, Sendable {
        case prepend(Value)
        case append(Value)
        case read([Value])
    }

    let name = "buffer"
    let initialState = Unhashed(Letters())

    func call(for operation: Histories.Operation) throws(ModelError) -> Call? {
        switch (operation.function, operation.outcome) {
        case (_, .failed): return nil
        case ("prepend", _): return .prepend(operation.input)
        case ("append", _): return .append(operation.input)
        case ("read", .ok(.vector(let letters))): return .read(letters)
        case ("read", .unknown): return nil
        default:
            throw ModelError(
                model: name, operation: operation, known: ["prepend", "append", "read"])
        }
    }

    func step(_ state: Unhashed<Letters>, _ call: Call) -> Unhashed<Letters>? {
        var next = state
        switch call {
        case .prepend(let letter): next.wrapped.front.append(letter)
        case .append(let letter): next.wrapped.back.append(letter)
        case .read(let letters):
            guard state.wrapped.front.reversed() + state.wrapped.back == letters else {
                return nil
            }
        }
        return next
    }
}

@Suite struct `A model of one's own whose states have no hash` {
    private func verdict(reading letters: String) throws -> String {
        var lines: [String] = []
        for (process, function) in ["append", "prepend", "append"].enumerated() {
            lines.append("{:process \(process) :type :invoke :f :\(function) :value \(process)}")
        }
        for (process, function) in ["append", "prepend", "append"].enumerated() {
            lines.append("{:process \(process) :type :ok :f :\(function) :value \(process)}")
        }
        lines.append("{:process 0 :type :invoke :f :read :value nil}")
        lines.append("{:process 0 :type :ok :f :read :value \(letters)}")
        let history = try History(text: lines.joined(separator: "\n"))
        return try Checker(model: Buffer()).check(history).verdict.word
    }

    @Test(arguments: ["[1 0 2]", "[1 2 0]"])
    func `is right about what is legal`(letters: String) throws {
        #expect(try verdict(reading: letters) == "linearizable")
    }

    @Test(arguments: ["[0 1 2]", "[1 0]", "[2 0 1]"])
    func `is right about what is not`(letters: String) throws {
        #expect(try verdict(reading: letters) == "violation")
    }
}
