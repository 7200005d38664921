/// A key that a system or a workload declares for its section of a plan.
public protocol PlanKey: Sendable {
    /// The key.
    var name: String { get }
    /// What it means, in a sentence.
    var summary: String { get }
    /// The default as a plan would write it; nil where there is none to write.
    var written: PlanTree? { get }
    /// Why this cannot be its value; nil if it can.
    func refusal(of tree: PlanTree) -> String?
}

/// A declared key with the type of its values: systems and workloads keep theirs as static
/// properties, and ask their settings by them.
public struct PlanOption<Value: Sendable>: PlanKey {
    /// The key.
    public let name: String
    /// What it means, in a sentence.
    public let summary: String
    /// The default as a plan would write it.
    public let written: PlanTree?
    let fallback: Value
    let read: @Sendable (PlanTree) throws(PlanRefusal) -> Value

    /// A key whose values are read in a way of its own.
    public init(
        _ name: String, default fallback: Value, written: PlanTree?, _ summary: String,
        read: @escaping @Sendable (PlanTree) throws(PlanRefusal) -> Value
    ) {
        self.name = name
        self.summary = summary
        self.written = written
        self.fallback = fallback
        self.read = read
    }

    /// The value of this key where a part of another key's value is written like one of its own.
    ///
    /// - Throws: `PlanRefusal` without the key.
    public func value(of tree: PlanTree) throws(PlanRefusal) -> Value { try read(tree) }

    /// Why this cannot be its value; nil if it can.
    public func refusal(of tree: PlanTree) -> String? {
        do {
            _ = try read(tree)
            return nil
        } catch {
            return error.message
        }
    }
}

/// Why something cannot be the value of a key, and what to write instead.
public struct PlanRefusal: Error, Hashable, Sendable {
    /// The reason and the advice; the key goes before it.
    public let message: String

    /// A refusal in words.
    public init(_ message: String) { self.message = message }
}

extension PlanTree {
    /// The scalar.
    ///
    /// - Throws: `PlanRefusal` for a list or keys.
    public func scalar() throws(PlanRefusal) -> String {
        switch self {
        case .text(let text): return text
        case .list: throw PlanRefusal("is one value, not a list")
        case .map: throw PlanRefusal("is one value and has no keys")
        }
    }

    /// The texts of a list.
    ///
    /// - Throws: `PlanRefusal` for anything else, a scalar among them.
    public func texts() throws(PlanRefusal) -> [String] {
        switch self {
        case .text(let text): throw PlanRefusal("is a list; write [\(text)]")
        case .map: throw PlanRefusal("is a list and has no keys")
        case .list(let elements):
            var texts: [String] = []
            for element in elements { texts.append(try element.scalar()) }
            return texts
        }
    }
}

extension PlanOption where Value: PlanText {
    /// A value with a written form of its own.
    public init(_ name: String, default fallback: Value, _ summary: String) {
        self.init(name, default: fallback, written: .text(fallback.description), summary) {
            tree throws(PlanRefusal) in
            let text = try tree.scalar()
            guard let value = Value(text) else {
                throw PlanRefusal("'\(text)' is \(Value.refusal)")
            }
            return value
        }
    }
}

extension PlanOption where Value == Int {
    /// A whole number within bounds.
    public init(
        _ name: String, default fallback: Int, in bounds: ClosedRange<Int>, _ summary: String
    ) {
        self.init(name, default: fallback, written: .text("\(fallback)"), summary) {
            tree throws(PlanRefusal) in
            let text = try tree.scalar()
            guard let number = Int(text), bounds.contains(number) else {
                throw PlanRefusal(
                    "\(text) is no whole number between \(bounds.lowerBound) and "
                        + "\(bounds.upperBound)")
            }
            return number
        }
    }
}

extension PlanOption where Value == Bool {
    /// A flag.
    public init(_ name: String, default fallback: Bool, _ summary: String) {
        self.init(name, default: fallback, written: .text("\(fallback)"), summary) {
            tree throws(PlanRefusal) in
            let text = try tree.scalar()
            guard let flag = Bool(text) else {
                throw PlanRefusal("'\(text)' is neither true nor false")
            }
            return flag
        }
    }
}

extension PlanOption
where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// One of a few words.
    public init(_ name: String, default fallback: Value, _ summary: String) {
        self.init(name, default: fallback, written: .text(fallback.rawValue), summary) {
            tree throws(PlanRefusal) in
            let text = try tree.scalar()
            guard let value = Value(rawValue: text) else {
                throw PlanRefusal(
                    NearestWord.refusal(
                        of: text, what: "word", known: Value.allCases.map(\.rawValue)))
            }
            return value
        }
    }
}

extension PlanOption where Value == String? {
    /// A text that need not be given.
    public init(_ name: String, _ summary: String) {
        self.init(name, default: nil, written: nil, summary) { tree throws(PlanRefusal) in
            let text = try tree.scalar()
            guard !text.isEmpty else { throw PlanRefusal("is empty; leave it out") }
            return text
        }
    }
}

extension PlanOption {
    /// A value with a written form of its own that need not be given.
    public init<Wrapped: PlanText>(
        optional name: String, _ summary: String
    ) where Value == Wrapped? {
        self.init(name, default: nil, written: nil, summary) { tree throws(PlanRefusal) in
            let text = try tree.scalar()
            guard let value = Wrapped(text) else {
                throw PlanRefusal("'\(text)' is \(Wrapped.refusal)")
            }
            return value
        }
    }
}
