import Checkers
import Histories
import Models

/// By which rules histories are read and judged.
struct CheckRules: Sendable {
    let model: any Model
    let semantics: Semantics
    let budget: Budget
    let keying: History.Keying
    let missing: History.MissingCompletion
    let tail: History.Tail

    /// The rules as options, for one key's operations by themselves.
    var options: String {
        "--model \(model.name) --keys single --initial '\(semantics.initial)' "
            + "--nil-reads \(semantics.nilReads.rawValue) "
            + "--failed-cas \(semantics.failedCAS.rawValue) "
            + "--missing-completion \(missing.rawValue)"
    }

    /// What is said behind a model's own words.
    var note: String { missing == .never ? "; one without any completion never happened" : "" }
}
