internal import Foundation
internal import Yams

private import struct Topologies.IPv4Address

extension Plan {
    /// Reads a plan from a YAML file and validates it.
    ///
    /// - Throws: `PlanError` with the file, the line and the nearest valid word.
    public init(contentsOf path: String) throws(PlanError) {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw PlanError(
                "cannot be read: \((error as NSError).localizedDescription)", file: path)
        }
        do {
            try self.init(yaml: text)
        } catch {
            throw PlanError(error.message, file: path, line: error.line)
        }
    }

    /// Reads a plan from YAML and validates it.
    ///
    /// - Throws: `PlanError` with the line and the nearest valid word.
    public init(yaml: String) throws(PlanError) {
        let root: Node
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                throw PlanError("is empty; a plan has at least a name")
            }
            root = node
        } catch let error as PlanError {
            throw error
        } catch let error as YamlError {
            throw PlanError("is not YAML: \(error)", line: error.line)
        } catch {
            throw PlanError("is not YAML: \(error)")
        }
        try Self.refuseUnknownKeys(root)
        do {
            self = try YAMLDecoder().decode(Plan.self, from: root)
        } catch let error as DecodingError {
            throw Self.error(error, in: root)
        } catch {
            throw PlanError("\(error)")
        }
        do {
            try validate()
        } catch {
            throw PlanError(error.message, line: Self.line(naming: error.message, in: root))
        }
    }

    /// The keys of each section.
    private static let sections: [String: [String]] = [
        "": CodingKeys.allCases.map(\.rawValue),
        "system": SystemPlan.CodingKeys.allCases.map(\.rawValue),
        "workload": WorkloadPlan.CodingKeys.allCases.map(\.rawValue),
        "workload.mix": WorkloadPlan.Mix.CodingKeys.allCases.map(\.rawValue),
        "faults": FaultPlan.CodingKeys.allCases.map(\.rawValue),
        "checker": CheckerPlan.CodingKeys.allCases.map(\.rawValue),
    ]

    private static func refuseUnknownKeys(
        _ node: Node, path: String = ""
    ) throws(PlanError) {
        guard let known = sections[path] else { return }
        // These two can be a name alone.
        if ["system", "workload"].contains(path), case .scalar = node { return }
        guard case .mapping(let mapping) = node else {
            throw PlanError(
                path.isEmpty
                    ? "is not a plan: it has no keys"
                    : "\(path) has keys of its own: "
                        + known.joined(separator: ", "),
                line: node.mark?.line)
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

    private static func error(_ error: DecodingError, in root: Node) -> PlanError {
        let (path, message): ([any CodingKey], String) =
            switch error {
            case .typeMismatch(_, let context), .dataCorrupted(let context):
                (context.codingPath, context.debugDescription)
            case .valueNotFound(_, let context): (context.codingPath, "a value is missing")
            case .keyNotFound(let key, let context):
                (context.codingPath, "the key '\(key.stringValue)' is missing")
            @unknown default: ([], "\(error)")
            }
        var node: Node? = root
        var line: Int?
        for key in path {
            node = key.intValue.map { node?[$0] } ?? node?[key.stringValue]
            line = node?.mark?.line ?? line
        }
        let name = path.map(\.stringValue).joined(separator: ".")
        return PlanError(name.isEmpty ? message : "\(name): \(message)", line: line)
    }

    /// The line of the key that a message of ``validate()`` begins with.
    private static func line(naming message: String, in root: Node) -> Int? {
        let name = message.prefix { $0 != ":" }
        var node: Node? = root
        for part in name.split(separator: ".") { node = node?[String(part)] }
        return node?.mark?.line
    }

    // MARK: Validation

    /// Refuses what no run could do.
    ///
    /// - Throws: `PlanError` that begins with the key.
    public func validate() throws(PlanError) {
        try PlanError.require(
            !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
                && name.first != ".",
            "name: '\(name)' is no folder's name; use letters, digits, - and _")
        try PlanError.require((1...99).contains(nodes), "nodes: \(nodes) is not between 1 and 99")
        try PlanError.require(
            IPv4Address(network).map { $0.number & 0xff == 0 } ?? false,
            "network: '\(network)' is no network's address; write one that ends in .0, such as "
                + "10.77.0.0")
        try PlanError.require(rate > 0 && rate <= 1e6, "rate: \(rate) is not between 0 and 1000000")
        let workers = concurrency.count(nodes: nodes)
        let perKey = workload.workersPerKey.count(nodes: nodes)
        try PlanError.require(
            workers <= 10_000, "concurrency: \(workers) workers are more than 10000")
        try PlanError.require(
            workers % perKey == 0,
            "workload.workers-per-key: \(perKey) does not divide the \(workers) workers")
        try PlanError.require(
            workload.operationsPerKey > 0,
            "workload.operations-per-key: \(workload.operationsPerKey) is not above 0")
        try PlanError.require(
            workload.values > 1, "workload.values: \(workload.values) is not above 1")
        let weights = [workload.mix.read, workload.mix.write, workload.mix.cas]
        try PlanError.require(
            weights.allSatisfy { $0 >= 0 } && weights.contains { $0 > 0 },
            "workload.mix: weights are 0 or more, and not all 0")
        try PlanError.require(
            workload.name != "append" || workload.mix.read + workload.mix.write > 0,
            "workload.mix: the workload append reads and writes; give one of them a weight")
        try PlanError.require(
            workload.leastSuccesses >= 0,
            "workload.least-successes: \(workload.leastSuccesses) is below 0")
        try faults.validate(nodes: nodes, timeLimit: timeLimit)
        try PlanError.require(
            checker.configurations > 0 && checker.memory > 0, "checker: limits are above 0")
    }

    /// The plan as YAML, every default and the seed included.
    public var yaml: String {
        get throws {
            let encoder = YAMLEncoder()
            encoder.options.sortKeys = false
            return try encoder.encode(self)
        }
    }
}

extension YamlError {
    fileprivate var line: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            mark.line
        default: nil
        }
    }
}
