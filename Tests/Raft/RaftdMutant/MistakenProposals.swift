import Raft
import RaftMutants
import Wire

/// Commands that a leader decides when they come and not when their turn has come: it writes into the log
/// what is right by the state of that moment.
///
/// It knows what has been written since it started, and leaves alone what it does not know.
struct MistakenProposals {
    private let bug: Mutant.EmbedderBug
    private let deviated: @Sendable () -> Void
    private var values: [[UInt8]: [UInt8]] = [:]
    private var holders: [[UInt8]: UInt64] = [:]

    /// Nil for a bug that is none of this kind.
    init?(_ bug: Mutant.EmbedderBug?, _ deviated: @escaping @Sendable () -> Void) {
        guard let bug, bug == .comparesProposals || bug == .releasesForHolders else { return nil }
        self.bug = bug
        self.deviated = deviated
    }

    /// What a leader makes of commands that clients want in the log.
    func mistaken(_ event: Event) -> Event {
        guard case .propose(let proposals) = event else { return event }
        return .propose(
            proposals.map { Proposal(mistaken($0.command), request: $0.request) })
    }

    private func mistaken(_ bytes: [UInt8]) -> [UInt8] {
        guard case .call(let key, let call, let stamp)? = try? Command(bytes) else { return bytes }
        switch call {
        case .compareAndSet(let expected?, let new)
        where bug == .comparesProposals && values[key] == expected:
            deviated()
            return Command.call(key: key, .write(new), stamp).bytes
        case .release(let owner):
            guard bug == .releasesForHolders, let holder = holders[key], holder != owner else {
                return bytes
            }
            deviated()
            return Command.call(key: key, .release(owner: holder), stamp).bytes
        default: return bytes
        }
    }

    /// Takes note of what is applied.
    mutating func note(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .apply(let entries): for entry in entries { note(entry) }
            case .restore: (values, holders) = ([:], [:])
            default: break
            }
        }
    }

    private mutating func note(_ entry: Entry) {
        guard case .command(let bytes) = entry.payload,
            case .call(let key, let call, _)? = try? Command(bytes)
        else { return }
        switch call {
        case .write(let new): values[key] = new
        case .compareAndSet(let expected, let new):
            if let present = values[key], present == expected { values[key] = new }
        case .acquire(let owner): if holders[key] == nil { holders[key] = owner }
        case .release(let owner): if holders[key] == owner { holders[key] = nil }
        default: break
        }
    }
}
