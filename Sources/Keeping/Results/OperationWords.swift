public import Histories
public import Topologies

/// Words for what an operation asked and got, in which no value can be taken for the number of an
/// operation.
public enum OperationWords {
    private static let longest = 60

    /// Operations on one value each, which `of` ties to their name.
    private static let ofValue: Set<String> = [
        "read", "write", "enqueue", "dequeue", "push", "pop", "add", "insert",
    ]

    /// `read of value 5`, `write of value 7`, `cas from 1 to 2`.
    public static func label(of operation: Operation) -> String {
        let function = operation.function
        let text =
            switch (operation.outcome, operation.input.pair) {
            case (.ok(let got), _) where function == "read": "read of \(name(of: got))"
            case (_, _) where function == "read": "read"
            case (_, let (expected, new)?) where function == "cas":
                "cas from \(expected) to \(new)"
            case (.ok(let got), _) where operation.input == .null && got != .null:
                phrase(function, got)
            case (.ok(let got), _) where got != operation.input:
                "\(phrase(function, operation.input)): \(got)"
            case _ where operation.input == .null: function
            default: phrase(function, operation.input)
            }
        return text.count > longest ? text.prefix(longest) + "…" : text
    }

    /// What a node did: `answered a read with value 5`.
    static func answer(of operation: Operation) -> String {
        if operation.function == "read", case .ok(let got) = operation.outcome {
            return "answered a read with \(name(of: got))"
        }
        return "answered ok to " + object(of: operation)
    }

    /// What a client saw, where nobody knows which node answered: `read value 5`.
    static func reply(to operation: Operation) -> String {
        if operation.function == "read", case .ok(let got) = operation.outcome {
            return "read " + name(of: got)
        }
        return "was told ok to " + object(of: operation)
    }

    /// The operation as an object in a sentence: `a write of value 7`.
    static func object(of operation: Operation) -> String {
        let label = label(of: operation)
        let isVowel = label.first.map { "aeiou".contains($0) } ?? false
        return (isVowel ? "an " : "a ") + label
    }

    private static func phrase(_ function: String, _ value: Value) -> String {
        ofValue.contains(function)
            ? "\(function) of \(name(of: value))" : "\(function) \(value)"
    }

    /// A bare number could be that of an operation.
    private static func name(of value: Value) -> String {
        value.int == nil ? "\(value)" : "value \(value)"
    }
}

extension RunResults {
    /// The node that an operation was performed on, if that is known: as its history says, or
    /// else the one that its process works on.
    public func node(of operation: Operation) -> NodeName? {
        operation.node.flatMap { NodeName($0) } ?? node(of: operation.process)
    }

    /// A sentence of the checker in the words of a page: a history's process is a client, which a
    /// reader cannot take for a node's, and stands behind its node.
    public func namingNodes(in sentence: String) -> String {
        // What stands in quotes is a value, whatever it says.
        sentence.replacing(/process (?<client>"[^"]*"|[\w:.\-]+)|"(?:[^"\\]|\\.)*"/) { found in
            guard let client = found.client else { return String(found.output.0) }
            guard let process = Int(client), let node = node(of: process) else {
                return "client \(client)"
            }
            return "\(node) (client \(process))"
        }
    }
}
