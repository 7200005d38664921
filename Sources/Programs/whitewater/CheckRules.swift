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
    var options: String { "--model \(model.name) --keys single \(reading)" }

    /// The rules as options, for a whole history; those that nobody need write are left out.
    var command: String {
        let options = [
            ("model", model.name, "cas-register"),
            ("keys", keying.rawValue, History.Keying.automatic.rawValue),
            ("initial", "\(semantics.initial)", "nil"),
            ("nil-reads", semantics.nilReads.rawValue, "checked"),
            ("failed-cas", semantics.failedCAS.rawValue, "mismatches"),
            ("missing-completion", missing.rawValue, "unknown"),
            ("tail", tail == .whole ? "whole" : "torn", "whole"),
        ]
        return options.filter { $0.1 != $0.2 }
            .map { "--\($0.0) \(ShellWord($0.1)) " }.joined()
    }

    private var reading: String {
        "--initial '\(semantics.initial)' "
            + "--nil-reads \(semantics.nilReads.rawValue) "
            + "--failed-cas \(semantics.failedCAS.rawValue) "
            + "--missing-completion \(missing.rawValue)"
    }

    /// What is said behind a model's own words.
    var note: String { missing == .never ? "; one without any completion never happened" : "" }
}

/// A word as a shell takes it for one.
struct ShellWord: CustomStringConvertible {
    let description: String

    init(_ word: String) {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x61...0x7a).contains(byte) || "-_./=,:+@%".utf8.contains(byte)
            }
        description = isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
