/// A section of a plan as its owner declared it: every key known, every value readable, every
/// default filled in.
public struct PlanSettings: Hashable, Sendable {
    /// What becomes of a key that nobody declared.
    public enum Strangers: Hashable, Sendable {
        /// It is refused, with the nearest word.
        case refused
        /// It is ignored: a stored plan was accepted once, by an earlier version perhaps.
        case ignored
    }

    /// The section with the defaults written out, in the order of declaration.
    public let section: PlanSection

    /// Reads a section by its declared keys.
    ///
    /// - Throws: `PlanError` that begins with the key, for example `system.reads`.
    public init(
        _ section: PlanSection, of place: String, keys declared: [any PlanKey],
        strangers: Strangers = .refused
    ) throws(PlanError) {
        let known = declared.map(\.name)
        for entry in section.keys where !known.contains(entry.key) {
            guard strangers == .ignored else {
                throw PlanError(
                    "\(place).\(entry.key): "
                        + NearestWord.refusal(
                            of: entry.key, what: "key of \(place)", known: ["name"] + known))
            }
        }
        var resolved = PlanSection(section.name)
        for key in declared {
            if let refusal = section[key.name].flatMap(key.refusal) {
                throw PlanError("\(place).\(key.name): \(refusal)")
            }
            resolved[key.name] = section[key.name] ?? key.written
        }
        self.section = resolved
    }

    /// The value of a declared key.
    public subscript<Value>(option: PlanOption<Value>) -> Value {
        guard let tree = section[option.name] else { return option.fallback }
        guard let value = try? option.read(tree) else {
            preconditionFailure("settings hold only values that their keys can read")
        }
        return value
    }
}
