internal import Histories

/// A call as a clause about the process that made it.
public struct Words: Hashable, Sendable {
    /// Behind the process: `wrote 7`.
    public let past: String
    /// Behind `had`: `written 7`.
    public let participle: String

    /// A verb with its object, in both forms.
    public init(past: String, participle: String) {
        self.past = past
        self.participle = participle
    }

    /// A regular verb with its object.
    public init(_ phrase: String) { self.init(past: phrase, participle: phrase) }

    /// Values behind one another, in short if there are many.
    static func list(_ values: some Collection<Value>, none: String) -> String {
        guard !values.isEmpty else { return none }
        let shown = values.prefix(12).map { "\($0)" }.joined(separator: " ")
        return values.count > 12 ? shown + " … (\(values.count) in all)" : shown
    }
}
