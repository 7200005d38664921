internal import Synchronization

/// The checks of revisions over all clients of a run.
final class RevisionWatch: Sendable {
    private struct State {
        var checks = RevisionChecks()
        var found: [SystemContradiction] = []
    }

    private let state = Mutex(State())

    /// What contradicts the rules so far.
    var contradictions: [SystemContradiction] { state.withLock { $0.found } }

    /// What had been seen before a request leaves.
    func begin() -> RevisionChecks.Reading? { state.withLock { $0.checks.seen } }

    /// Takes the reply to a request before which that had been seen.
    func end(
        _ began: RevisionChecks.Reading?, _ revision: Int, isWrite: Bool, on node: String
    ) {
        state.withLock { state in
            let statements = state.checks.note(
                .init(revision: revision, node: node), isWrite: isWrite, after: began)
            guard !statements.isEmpty else { return }
            state.found += statements.map { SystemContradiction($0, at: .now) }
        }
    }
}
