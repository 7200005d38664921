public import Histories

/// How the operations of a history are to be read where histories differ.
///
/// Two checkers that disagree about a history mostly disagree about this. Knossos lets a read
/// of nil pass and drops failed operations; Porcupine's etcd model checks both.
public struct Semantics: Hashable, Sendable {
    /// What a read that returned nil says.
    public enum NilReads: String, Hashable, Sendable, CaseIterable {
        /// The register held nil.
        case checked
        /// Nothing: it always passes.
        case ignored
    }

    /// What a failed compare-and-set says.
    public enum FailedCAS: String, Hashable, Sendable, CaseIterable {
        /// "The value was not the expected one", where the server compared and refused
        /// (`:error :mismatch`); other failures say nothing.
        case mismatches
        /// Every `:fail` of a compare-and-set says that, for histories that do not mark them.
        case all
        /// Nothing.
        case dropped
    }

    /// What the object holds before the first operation.
    public var initial: Value
    /// What a read that returned nil says.
    public var nilReads: NilReads
    /// What a failed compare-and-set says.
    public var failedCAS: FailedCAS

    /// The defaults are those of Whitewater's own runs: nil at first, everything checked.
    public init(
        initial: Value = .null, nilReads: NilReads = .checked, failedCAS: FailedCAS = .mismatches
    ) {
        self.initial = initial
        self.nilReads = nilReads
        self.failedCAS = failedCAS
    }
}

extension Semantics: CustomStringConvertible {
    /// The rules, for a verdict.
    public var description: String {
        "initial \(initial), reads of nil \(nilReads.rawValue), failed cas "
            + (failedCAS == .dropped ? "dropped" : "checked (\(failedCAS.rawValue))")
            + ", an operation without a known end may take effect at any later time or never"
    }
}
