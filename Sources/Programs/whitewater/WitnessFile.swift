import Checkers
import Foundation
import Histories

/// The order of each key's operations that explains a history, or the longest that nearly does.
struct WitnessFile {
    private var text: [UInt8] = []

    /// The orders of all keys of a report.
    init(_ report: Report, of history: History, file: String, options: String) {
        remark("orders of \(file): whitewater check \(options)")
        for key in report.keys {
            let name = key.key.map { "key \($0): " } ?? ""
            switch key.verdict {
            case .linearizable(let order?):
                remark("\(name)linearizable in this order")
                for id in order { append(history.operations[id], of: history, state: nil) }
            case .linearizable(nil):
                remark("\(name)linearizable; the search kept no order")
            case .violation(let found):
                remark("\(name)violation: \(found.sentence)")
                remark("the longest order of what contradicts itself, with what was there after")
                for step in found.order {
                    append(history.operations[step.operation], of: history, state: step.state)
                }
            case .undecided(let limit, _):
                remark("\(name)undecided: \(limit)")
            }
        }
    }

    /// A map a line: what was done, by whom, what it returned, and what that left.
    private mutating func append(
        _ operation: Histories.Operation, of history: History, state: String?
    ) {
        var fields: [(name: String, value: Value)] = [
            ("index", .int(operation.invocation)),
            ("process", history.name(ofProcess: operation.process)),
            ("f", .keyword(operation.function)),
        ]
        if let key = operation.key { fields.append(("key", key)) }
        fields.append(("value", operation.input))
        if case .ok(let value) = operation.outcome { fields.append(("result", value)) }
        if let state { fields.append(("state", .string(state))) }
        for (place, field) in fields.enumerated() {
            text += Array((place == 0 ? "{:" : ", :").utf8) + Array("\(field.name) ".utf8)
            text.append(edn: field.value)
        }
        text += Array("}\n".utf8)
    }

    private mutating func remark(_ words: String) {
        text += Array("; \(words.replacing("\n", with: " "))\n".utf8)
    }

    func write(to path: String) throws { try Data(text).write(to: URL(filePath: path)) }
}
