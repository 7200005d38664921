internal import Foundation
public import Plans
internal import Yams

extension Campaign {
    /// Reads a campaign from a YAML file and validates it.
    ///
    /// - Throws: `PlanError` with the file, the line where there is one, and what to write.
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

    /// Reads a campaign from YAML and validates it.
    ///
    /// - Throws: `PlanError` with the line where there is one, and what to write.
    public init(yaml: String) throws(PlanError) {
        do {
            guard let root = try Yams.compose(yaml: yaml) else {
                throw PlanError("is empty; a campaign has at least a name and plans")
            }
            try Self.refuseUnknownKeys(root)
            self = try YAMLDecoder().decode(Campaign.self, from: root)
        } catch let error as PlanError {
            throw error
        } catch let error as YamlError {
            throw PlanError("is not YAML: \(error)")
        } catch let error as DecodingError {
            throw PlanError(Self.words(of: error))
        } catch {
            throw PlanError("\(error)")
        }
        try validate()
    }

    private static let sections: [String: [String]] = [
        "": CodingKeys.allCases.map(\.rawValue), "budget": ["time", "runs"],
        "keep": Retention.CodingKeys.allCases.map(\.rawValue),
    ]

    private static func refuseUnknownKeys(_ root: Node) throws(PlanError) {
        guard let mapping = root.mapping else {
            throw PlanError("is no mapping; a campaign has at least a name and plans")
        }
        try refuse(mapping, known: sections[""] ?? [], of: "")
        for (key, value) in mapping {
            guard let name = key.string else { continue }
            if let known = sections[name], let section = value.mapping {
                try refuse(section, known: known, of: "\(name).")
            }
            guard name == "plans", let entries = value.sequence else { continue }
            for case let entry? in entries.map(\.mapping) {
                try refuse(entry, known: Entry.CodingKeys.allCases.map(\.rawValue), of: "plans.")
            }
        }
    }

    private static func refuse(
        _ mapping: Node.Mapping, known: [String], of section: String
    ) throws(PlanError) {
        for (key, _) in mapping {
            let name = key.string ?? ""
            guard !known.contains(name) else { continue }
            throw PlanError(
                NearestWord.refusal(of: section + name, what: "key", known: known),
                line: key.mark?.line)
        }
    }

    private static func words(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "needs the key '\(key.stringValue)'"
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            context.codingPath.map { $0.intValue.map { "\($0 + 1)" } ?? $0.stringValue }
                .joined(separator: ".") + ": \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }

    /// - Throws: `PlanError` for the first value that cannot be meant.
    private func validate() throws(PlanError) {
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }),
            name != "latest", name.first != "."
        else {
            throw PlanError("name: '\(name)' names a folder; use letters, digits, - and _")
        }
        guard !plans.isEmpty else { throw PlanError("plans: names no plan") }
        for entry in plans {
            guard (1...1_000).contains(entry.weight) else {
                throw PlanError("plans: the weight of \(entry.plan) is not between 1 and 1000")
            }
            if let option = entry.variants.flatMap(\.keys).first(where: Self.reserved.contains) {
                throw PlanError(
                    "plans: \(entry.plan) sets --\(option), which the campaign sets itself")
            }
        }
        if let runs = budget.runs, !Self.possibleRuns.contains(runs) {
            throw PlanError(
                "budget.runs: is not between 1 and \(Self.possibleRuns.upperBound)")
        }
        guard budget.time != nil || budget.runs != nil || plans.allSatisfy({ $0.seeds != nil })
        else {
            throw PlanError("budget: needs time or runs, for some plans have seeds without end")
        }
        guard (0...1_000).contains(keep.examples) else {
            throw PlanError("keep.examples: is not between 0 and 1000")
        }
    }

    private static let reserved: Set<String> = ["seed", "binary", "results"]
}
