/// How often each operation comes, relative to the others: `{read: 2, write: 1}`.
public struct PlanWeights: Hashable, Sendable {
    /// No operation comes more often than this relative to another.
    public static let most = 1_000_000

    private let weights: [String: Int]

    /// Weights of operations; those that are not named do not come.
    public init(_ weights: [String: Int]) { self.weights = weights }

    /// An operation's weight.
    public subscript(function: String) -> Int { weights[function] ?? 0 }

    /// The operations that come, with their share of all.
    public func shares(of functions: [String]) -> [(name: String, share: Double)] {
        let total = Double(weights.values.reduce(0, +))
        return functions.filter { self[$0] > 0 }.map { ($0, Double(self[$0]) / total) }
    }
}

extension PlanOption where Value == PlanWeights {
    /// The key `mix` for these operations, with the default of each.
    public static func mix(_ defaults: KeyValuePairs<String, Int>) -> Self {
        let known = defaults.map(\.key)
        return PlanOption(
            "mix", default: PlanWeights(Dictionary(uniqueKeysWithValues: defaults.map { $0 })),
            written: .map(defaults.map { .init($0.key, .text("\($0.value)")) }),
            "How often each operation comes, relative to the others; what is not named does not."
        ) { tree throws(PlanRefusal) in
            guard let entries = tree.entries else {
                throw PlanRefusal("has keys of its own: " + known.joined(separator: ", "))
            }
            var weights: [String: Int] = [:]
            for entry in entries {
                guard known.contains(entry.key) else {
                    throw PlanRefusal(
                        NearestWord.refusal(of: entry.key, what: "operation", known: known))
                }
                let text = try entry.value.scalar()
                guard let weight = Int(text), (0...PlanWeights.most).contains(weight) else {
                    throw PlanRefusal(
                        "\(entry.key): \(text) is no whole number between 0 and "
                            + "\(PlanWeights.most)")
                }
                weights[entry.key] = weight
            }
            guard weights.values.contains(where: { $0 > 0 }) else {
                throw PlanRefusal("weights are 0 or more, and not all 0")
            }
            return PlanWeights(weights)
        }
    }
}
