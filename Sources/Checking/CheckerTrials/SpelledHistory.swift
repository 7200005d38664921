internal import Checkers
internal import Histories
internal import Models

/// A call as a line of a history has it.
struct SpelledCall {
    let function: String
    let input: Value
    /// Nil if it was refused, and said so.
    var output: Value?
    /// The process that must have done it, if the call says so.
    var process: Int?
}

/// Random tracks of several objects as one history: a file's text, with keys, in EDN or in JSON
/// Lines, in which processes go on after an operation of unknown outcome.
struct SpelledHistory<M: Simulated> {
    /// The text.
    private(set) var bytes: [UInt8] = []
    private var isJSON: Bool
    private var free: [Int] = []
    private var processes = 0

    /// Events of the tracks, shuffled into each other; each track is an object of its own.
    init(_ tracks: [Track<M>], using dice: inout Dice) {
        isJSON = dice.chance(0.5)
        let values = tracks.flatMap { track in
            track.entries.flatMap { entry -> [Value] in
                let call = track.model.spelled(entry.call)
                return [call.input] + [call.output].compactMap(\.self)
            }
        }
        if isJSON { isJSON = values.allSatisfy { Self.json($0) != nil } }
        var next = tracks.map { _ in 0 }
        let events = tracks.map(Self.events(of:))
        var open: [[Int: Int]] = tracks.map { _ in [:] }
        while let track = pick(next, events, &dice) {
            let event = events[track][next[track]]
            next[track] += 1
            let place = abs(event) - 1
            let entry = tracks[track].entries[place]
            let call = tracks[track].model.spelled(entry.call)
            if event < 0 {
                let process = open[track].removeValue(forKey: place) ?? 0
                complete(call, by: process, key: track)
                if call.process == nil { free.append(process) }
                continue
            }
            let process = call.process.map { $0 * tracks.count + track } ?? takeProcess(&dice)
            write("invoke", call.function, call.input, by: process, key: track)
            if !entry.isUnknown {
                open[track][place] = process
            } else if dice.chance(0.5) {
                write("info", call.function, call.input, by: process, key: track)
                // It is not over, but the process goes on.
                if call.process == nil { free.append(process) }
            }
        }
    }

    /// Each entry, counted from one: where it begins, and negated where it ends.
    private static func events(of track: Track<M>) -> [Int] {
        var events: [(place: Int, event: Int)] = []
        for (place, entry) in track.entries.enumerated() {
            events.append((entry.invocation, place + 1))
            if !entry.isUnknown { events.append((entry.completion, -place - 1)) }
        }
        return events.sorted { $0.place < $1.place }.map(\.event)
    }

    private func pick(_ next: [Int], _ events: [[Int]], _ dice: inout Dice) -> Int? {
        let left = next.indices.filter { next[$0] < events[$0].count }
        return left.isEmpty ? nil : left[dice.below(left.count)]
    }

    private mutating func takeProcess(_ dice: inout Dice) -> Int {
        if !free.isEmpty { return free.remove(at: dice.below(free.count)) }
        processes += 1
        return 100 + processes
    }

    private mutating func complete(_ call: SpelledCall, by process: Int, key: Int) {
        if let output = call.output {
            write("ok", call.function, output, by: process, key: key)
        } else {
            write("fail", call.function, call.input, by: process, key: key, isMismatch: true)
        }
    }

    private mutating func write(
        _ type: String, _ function: String, _ value: Value, by process: Int, key: Int,
        isMismatch: Bool = false
    ) {
        let pair = Value.vector([.int(key), value])
        guard isJSON else {
            bytes += Array("{:process \(process), :type :\(type), :f :\(function), :value ".utf8)
            bytes.append(edn: pair)
            bytes += Array((isMismatch ? ", :error :mismatch}\n" : "}\n").utf8)
            return
        }
        bytes += Array(
            ("{\"process\": \(process), \"type\": \"\(type)\", \"f\": \"\(function)\", \"value\": "
                + (Self.json(pair) ?? "null")
                + (isMismatch ? ", \"error\": \"mismatch\"}\n" : "}\n")).utf8)
    }

    /// A value that JSON has; nil for the others.
    private static func json(_ value: Value) -> String? {
        switch value {
        case .null: return "null"
        case .int(let number): return "\(number)"
        case .string(let text):
            let characters = "\(text)"
            return Text(characters) == text
                && !characters.contains(where: { "\\\"\n".contains($0) })
                && !characters.contains("\u{fffd}") ? "\"\(characters)\"" : nil
        case .vector(let elements):
            let parts = elements.compactMap(json)
            return parts.count == elements.count ? "[" + parts.joined(separator: ", ") + "]" : nil
        default: return nil
        }
    }
}

extension SpelledHistory {
    /// Whether a checker that reads the text finds every object to be what it is.
    func isJudgedRight(_ tracks: [Track<M>], _ truths: [Bool]) throws -> Bool {
        guard !bytes.isEmpty else { return truths.allSatisfy(\.self) }
        let history = try History(bytes: bytes).keyed(.independent)
        var checker = Checker(model: tracks[0].model)
        checker.explanations = .sentence
        let report = try checker.check(history)
        return tracks.indices.allSatisfy { number in
            let key = report.keys.first { $0.key == .int(number) }
            // An object of which nothing was said is not in the report.
            return (key?.verdict.word ?? "linearizable")
                == (truths[number] ? "linearizable" : "violation")
        }
    }
}
