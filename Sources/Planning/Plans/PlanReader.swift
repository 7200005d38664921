internal import Foundation
internal import Yams

/// Makes a plan of YAML, and words of what is wrong with it.
struct PlanReader {
    let root: Node
    let lines: [String: Int]

    /// YAML's tree of a text.
    static func root(of yaml: String) throws(PlanError) -> Node {
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                throw PlanError("is empty; a plan has at least a name")
            }
            return node
        } catch let error as PlanError {
            throw error
        } catch let error as YamlError {
            throw refusal(of: error)
        } catch {
            throw PlanError("is not YAML: \(error)")
        }
    }

    private static func refusal(of error: YamlError) -> PlanError {
        switch error {
        case .duplicatedKeysInMapping(let keys, let context):
            let keys = keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
            return PlanError("the key \(keys) stands there twice", line: context.mark.line)
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return PlanError("is not YAML: \(problem)", line: mark.line)
        default: return PlanError("is not YAML: \(error)")
        }
    }

    /// The line of each key by its path, `faults.kinds` for example, and of each element by its
    /// number, `faults.kinds.0`.
    static func lines(in node: Node, path: String = "") -> [String: Int] {
        var lines: [String: Int] = [:]
        func add(_ name: String, _ child: Node, at line: Int?) {
            let path = path.isEmpty ? name : "\(path).\(name)"
            lines[path] = line
            lines.merge(Self.lines(in: child, path: path)) { $1 }
        }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping { add(key.string ?? "", value, at: key.mark?.line) }
        case .sequence(let sequence):
            for (place, element) in sequence.enumerated() {
                add("\(place)", element, at: element.mark?.line)
            }
        case .scalar, .alias: break
        }
        return lines
    }

    /// The line of a key, or of the nearest one around it that is written.
    static func line(of key: String, among lines: [String: Int]) -> Int? {
        var parts = key.split(separator: ".")
        while !parts.isEmpty {
            if let line = lines[parts.joined(separator: ".")] { return line }
            parts.removeLast()
        }
        return nil
    }

    /// What the tree says, with every default of the plan's own keys.
    func plan() throws(PlanError) -> Plan {
        try refuseUnknownKeys(root)
        do {
            return try YAMLDecoder().decode(Plan.self, from: root)
        } catch let error as DecodingError {
            throw refusal(of: error)
        } catch {
            throw PlanError("\(error)")
        }
    }

    // MARK: Keys

    /// The keys of each section; those of systems and workloads are known to them.
    private static let sections: [String: [String]] = [
        "": Plan.CodingKeys.allCases.map(\.rawValue),
        "faults": FaultPlan.CodingKeys.allCases.map(\.rawValue),
        "checker": CheckerPlan.CodingKeys.allCases.map(\.rawValue),
    ]

    private func refuseUnknownKeys(_ node: Node, path: String = "") throws(PlanError) {
        guard let known = Self.sections[path] else { return }
        guard case .mapping(let mapping) = node else {
            throw PlanError(
                path.isEmpty
                    ? "is not a plan: it has no keys; a plan has at least a name"
                    : "\(path): has keys of its own: " + known.joined(separator: ", "),
                line: lines[path] ?? node.mark?.line)
        }
        for (key, value) in mapping {
            let word = key.string ?? ""
            guard known.contains(word) else {
                throw PlanError(
                    NearestWord.refusal(
                        of: word, what: path.isEmpty ? "key" : "key of \(path)", known: known),
                    line: key.mark?.line)
            }
            try refuseUnknownKeys(value, path: path.isEmpty ? word : "\(path).\(word)")
        }
    }

    // MARK: Values

    private func refusal(of error: DecodingError) -> PlanError {
        let (path, message): ([any CodingKey], String) =
            switch error {
            case .typeMismatch(let type, let context):
                (context.codingPath, Self.words(for: type, at: node(at: context.codingPath)))
            case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
            case .valueNotFound(_, let context): (context.codingPath, "a value is missing")
            case .keyNotFound(let key, let context):
                (context.codingPath, "the key '\(key.stringValue)' is missing")
            @unknown default: ([], "\(error)")
            }
        let name = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
            .joined(separator: ".")
        return PlanError(
            name.isEmpty ? message : "\(name): \(message)",
            line: Self.line(of: name, among: lines))
    }

    private func node(at path: [any CodingKey]) -> Node? {
        path.reduce(root) { node, key in
            key.intValue.flatMap { node?[$0] } ?? node?[key.stringValue]
        }
    }

    /// What a value should have been, by the type that it was read as.
    private static func words(for type: Any.Type, at node: Node?) -> String {
        let written = node?.scalar?.string
        let quoted = written.map { "'\($0)' " } ?? ""
        return switch "\(type)" {
        case "Sequence": "is a list" + (written.map { "; write [\($0)]" } ?? "")
        case "Mapping": quoted + "is not enough; it has keys of its own"
        case "Scalar": "is one value, not \(node?.sequence == nil ? "keys" : "a list")"
        case "Int", "UInt64": quoted + "is no whole number that fits there"
        case "Double": quoted + "is no number"
        case "Bool": quoted + "is neither true nor false"
        default: quoted + "is no value for it"
        }
    }
}
