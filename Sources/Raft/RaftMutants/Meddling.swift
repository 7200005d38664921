package import Raft

/// What some bugs of an embedder do to events on their way to the core, and to what it wants done: the
/// same in simulations and in real nodes.
///
/// For one life of one server.
package struct Meddling: Sendable {
    /// How the core takes a step.
    package typealias Step = (inout Server, Event) -> [Effect]

    private let bug: Mutant.EmbedderBug
    private let deviated: @Sendable () -> Void
    /// Term and vote that wait for something else to be written.
    private var unwritten: HardState?
    /// A round of reads that has begun, and those that came after it.
    private var round: (first: UInt64, later: [UInt64])?
    /// Ticks since this leader was told to hand over; nil if it was not.
    private var handingOver: Int?

    /// Nil for a bug that is none of this kind.
    ///
    /// `deviated` is called each time that it does what a right embedder would not.
    package init?(_ bug: Mutant.EmbedderBug?, deviated: @escaping @Sendable () -> Void) {
        switch bug {
        case .writesVotesLate, .joinsReads, .acknowledgesOwnEnd, .handsOverForEver: break
        default: return nil
        }
        guard let bug else { return nil }
        self.bug = bug
        self.deviated = deviated
    }

    /// Lets a server take an event, and says what is to be done.
    package mutating func step(_ server: inout Server, _ event: Event, _ take: Step) -> [Effect] {
        switch bug {
        case .writesVotesLate: return writeLate(take(&server, event))
        case .joinsReads: return join(&server, event, take)
        case .acknowledgesOwnEnd:
            return take(&server, bounded(event, by: server)).map { acknowledge($0, server) }
        case .handsOverForEver: return handOver(&server, event, take)
        default: return take(&server, event)
        }
    }

    /// Term and vote are written with the next entries, and what depends on them does not wait.
    private mutating func writeLate(_ effects: [Effect]) -> [Effect] {
        var rest: [Effect] = []
        var isNew = false
        for effect in effects {
            if case .keep(let state) = effect {
                unwritten = state
                isNew = true
            } else {
                rest.append(effect)
            }
        }
        if let state = unwritten, rest.contains(where: \.isForDisk) {
            unwritten = nil
            return [.keep(state)] + rest
        }
        if isNew { deviated() }
        return rest
    }

    /// A read that comes while others wait is answered with them, by a round that began before it.
    private mutating func join(
        _ server: inout Server, _ event: Event, _ take: Step
    ) -> [Effect] {
        if case .read(let request) = event {
            if round != nil {
                round?.later.append(request)
                deviated()
                return []
            }
            round = (request, [])
        }
        return take(&server, event).flatMap { effect in
            guard let (first, later) = round else { return [effect] }
            switch effect {
            case .readable(first, let index):
                round = nil
                return [effect] + later.map { .readable(request: $0, index: index) }
            case .refused(first, let why):
                round = nil
                return [effect] + later.map { .refused(request: $0, why) }
            default: return [effect]
            }
        }
    }

    /// A leader need not believe that others have more than it has itself.
    private func bounded(_ event: Event, by server: Server) -> Event {
        guard case .message(let message) = event,
            case .matched(let index, let round) = message.body,
            index > server.log.lastIndex
        else { return event }
        return .message(
            Message(
                from: message.from, to: message.to, term: message.term,
                .matched(server.log.lastIndex, round: round)))
    }

    /// A follower acknowledges all of its log, whatever the leader has sent of it.
    private func acknowledge(_ effect: Effect, _ server: Server) -> Effect {
        guard case .send(let message) = effect, case .matched(let index, let round) = message.body,
            round > 0, index < server.log.lastIndex
        else { return effect }
        deviated()
        return .send(
            Message(
                from: message.from, to: message.to, term: message.term,
                .matched(server.log.lastIndex, round: round)))
    }

    /// A leader that was told to hand over takes no command any more, though nobody takes over.
    private mutating func handOver(
        _ server: inout Server, _ event: Event, _ take: Step
    ) -> [Effect] {
        guard server.isLeader else {
            handingOver = nil
            return take(&server, event)
        }
        switch event {
        case .transferLeadership(let heir):
            if heir != server.id, server.membership.voters.contains(heir) {
                handingOver = handingOver ?? 0
            }
        case .tick: handingOver = handingOver.map { $0 + 1 }
        case .propose(let proposals):
            if let handingOver, handingOver > 2 * server.options.electionTicks {
                deviated()
                return proposals.map { .refused(request: $0.request, .transferring) }
            }
        default: break
        }
        return take(&server, event)
    }
}
