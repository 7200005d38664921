import Foundation
import Raft

/// A bug of the catalogue, around the true core: what the core says is changed on its way out.
///
/// Used by one node, on its event loop.
final class PlantedBug: @unchecked Sendable {
    enum Kind: String {
        /// 11: the leader answers reads from local state.
        case readsLocally = "11"
        /// It traps as soon as it leads, as a bug of its own would make it.
        case traps
        /// 30: the leader acknowledges after its local append, before anything is committed.
        case acknowledgesEarly = "30"
    }

    private let kind: Kind
    private var random = SystemRandomNumberGenerator()
    private var applied: LogIndex?

    init() {
        let name = ProcessInfo.processInfo.environment["WHITEWATER_MUTANT"] ?? ""
        guard let kind = Kind(rawValue: name) else {
            preconditionFailure("WHITEWATER_MUTANT is 11, 30 or traps, not '\(name)'")
        }
        self.kind = kind
    }

    func step(_ server: inout Server, _ event: Event) -> [Effect] {
        switch kind {
        case .readsLocally:
            if case .read(let request) = event, case .leader = server.role {
                return [.readable(request: request, index: server.commit)]
            }
            return server.step(event, using: &random)
        case .acknowledgesEarly: return applyEarly(&server, event)
        case .traps:
            let effects = server.step(event, using: &random)
            let voters = server.membership.voters.sorted()
            // Beyond the end of it, once it leads.
            return server.isLeader ? [.halt("\(voters[voters.count])")] : effects
        }
    }

    /// A leader applies all of its log at once; what is committed later has been applied already.
    private func applyEarly(_ server: inout Server, _ event: Event) -> [Effect] {
        var done = applied ?? server.log.snapshot.index
        var effects: [Effect] = []
        for effect in server.step(event, using: &random) {
            switch effect {
            case .apply(let entries):
                let fresh = entries.filter { $0.index > done }
                done = max(done, entries.last?.index ?? 0)
                if !fresh.isEmpty { effects.append(.apply(fresh)) }
            case .restore(let snapshot):
                done = snapshot.index
                effects.append(effect)
            default: effects.append(effect)
            }
        }
        if case .leader = server.role, server.log.lastIndex > done {
            let behind = done
            effects.append(.apply(server.log.entries.filter { $0.index > behind }))
            done = server.log.lastIndex
        }
        applied = done
        return effects
    }
}
