import Checkers
import Histories

/// How far the operations of a contradiction can be put into an order, in lines for a terminal.
struct OrderLines {
    /// A line each: whose end does not matter, the longest order, and the ways in which all may
    /// have gone before the operation that fits nowhere.
    let lines: [String]

    /// Steps of an order that are shown: the last ones.
    private static let mostSteps = 8

    /// The lines of a contradiction; none where nobody asked for the smallest one.
    init(_ found: Contradiction, of history: History) {
        var lines: [String] = []
        if !found.openEnded.isEmpty {
            let list = found.openEnded.map { "\($0)" }.joined(separator: ", ")
            lines.append("whenever \(list) took effect, or if not at all")
        }
        if found.lastOrders.isEmpty, !found.order.isEmpty {
            lines.append("the longest order: " + Self.words(found.order, history))
        }
        for order in found.lastOrders where !order.isEmpty {
            lines.append("what came before may have been: " + Self.words(order, history))
        }
        self.lines = lines
    }

    /// `0 write 1, 2 write 5; then it held 5`.
    private static func words(_ order: [Contradiction.Step], _ history: History) -> String {
        let left = order.count - mostSteps
        let steps = order.suffix(mostSteps).map { step in
            let operation = history.operations[step.operation]
            var words = "\(step.operation) \(operation.function)"
            if operation.input != .null { words += " \(operation.input)" }
            if case .ok(let value) = operation.outcome, value != operation.input {
                words += " -> \(value)"
            }
            return words
        }
        let state = order.last?.state ?? ""
        return (left > 0 ? "\(left) operations, " : "") + steps.joined(separator: ", ")
            + "; then it held \(state)"
    }
}
