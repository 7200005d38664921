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
}
