/// A state, or a part of a call, that can be compared but has no hash.
///
/// Whoever looks such a value up compares it with all that are there: right, and linear in their
/// number.
public struct Unhashed<Wrapped: Equatable & Sendable>: Hashable, Sendable {
    /// What is wrapped.
    public var wrapped: Wrapped

    /// Wraps a value.
    public init(_ wrapped: Wrapped) { self.wrapped = wrapped }

    /// Feeds nothing.
    public func hash(into hasher: inout Hasher) {}
}

extension Unhashed: CustomStringConvertible {
    /// What is wrapped, in its own words.
    public var description: String { "\(wrapped)" }
}
