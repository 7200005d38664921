internal import Results

/// How pages say that a server compared, found something else than what was expected, and so changed
/// nothing: an answer like any other.
enum RefusalWords {
    /// For operations of a run, of whatever name.
    static func found(_ results: RunResults) -> String {
        let functions = results.counts.filter { ($0.value.refused ?? 0) > 0 }.map(\.key)
        return functions == ["cas"] ? "cas " + found(of: "cas") : found(of: nil)
    }

    /// For an operation of this name; nil for any.
    static func found(of function: String?) -> String {
        function == "cas" ? "refused (another value was there)" : "refused (condition not met)"
    }
}

extension Timeline.Outcome {
    /// The outcome's class in drawings.
    var word: String {
        switch self {
        case .ok: "ok"
        case .refused: "refused"
        case .error: "error"
        case .unknown: "unknown"
        }
    }

    /// A single operation in a drawing, as a part of a path: a tick where it was refused, else
    /// nothing but the caps of a line without length.
    func dot(_ x: Double, _ y: Double) -> Markup {
        self == .refused ? "M\(x) \(y - 3)v6" : "M\(x) \(y)h0"
    }

    /// The outcome in a legend.
    func legend(of results: RunResults) -> String {
        switch self {
        case .ok: "ok"
        case .refused: RefusalWords.found(results)
        case .error: "failed, without effect"
        case .unknown: "outcome unknown"
        }
    }
}

extension OperationExcerpt {
    /// How it ended, as a person says it.
    var ending: String {
        switch outcome {
        case .ok: "ok"
        case .refused: RefusalWords.found(of: function)
        case .error: "failed: certainly did not happen"
        case .unknown: "outcome unknown"
        }
    }

    /// What the history calls the process.
    var clientName: String { client ?? "\(process)" }
}
