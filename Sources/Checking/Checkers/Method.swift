package import Models

/// One algorithm by itself, for trials against the definition of linearizability.
package enum Method: String, Sendable, CaseIterable {
    /// The linear-time decider of the model.
    case linearTime = "linear-time"
    /// The search for the structure of the model's states.
    case structured = "structured"
    /// The breadth-first search.
    case breadthFirst = "breadth-first"
    /// The depth-first search.
    case depthFirst = "depth-first"

    /// What an algorithm says.
    package enum Answer: Sendable {
        case linearizable
        case violation
        /// It leaves the history to others.
        case open
        /// It gave an order that is not legal.
        case wrongOrder
    }

    /// Decides a track by this algorithm alone, and replays the order that it gives.
    ///
    /// By the code that a ``Checker`` runs too: what the compiler made of it for the concrete type of
    /// a model of this package.
    package func decide<M>(_ track: Track<M>) -> Answer {
        switch track {
        case let track as Track<Register>: decideGenerically(track)
        case let track as Track<KeyValue>: decideGenerically(track)
        case let track as Track<ListAppend>: decideGenerically(track)
        case let track as Track<GrowOnlySet>: decideGenerically(track)
        case let track as Track<Counter>: decideGenerically(track)
        case let track as Track<FIFOQueue>: decideGenerically(track)
        case let track as Track<UnorderedQueue>: decideGenerically(track)
        case let track as Track<Stack>: decideGenerically(track)
        case let track as Track<MutexModel>: decideGenerically(track)
        case let track as Track<MultiRegister>: decideGenerically(track)
        default: decideGenerically(track)
        }
    }

    private func decideGenerically<M>(_ track: Track<M>) -> Answer {
        switch self {
        case .linearTime:
            switch LinearTime.decide(track) {
            case .order(let order): track.accepts(order) ? .linearizable : .wrongOrder
            case .contradiction: .violation
            case .notApplicable: track.unwritten == nil ? .open : .violation
            }
        case .structured: search(track, .turns)
        case .breadthFirst: search(track, .breadthFirst)
        case .depthFirst: search(track, .depthFirst)
        }
    }

    private func search<M>(_ track: Track<M>, _ order: Search.Order) -> Answer {
        let (finding, _, space) = Search.run(
            track, budget: Budget(), recordsPaths: true, order: order)
        switch finding {
        case .undecided: return .open
        case .violation: return .violation
        case .ordered(let order): return track.accepts(order) ? .linearizable : .wrongOrder
        case .linearizable(let steps?):
            let order = WitnessOrder.entries(of: steps, in: space)
            return track.accepts(order) ? .linearizable : .wrongOrder
        case .linearizable: return .wrongOrder
        }
    }
}

/// What the explanation of a violation would show, for trials.
package enum Smallest {
    /// The part of a track that contradicts itself, and all parts that demand a little less of
    /// it, unless the explanation says itself that it may not be the smallest; none if the track is
    /// linearizable.
    package static func excerpt<M>(
        of track: Track<M>, forgetting: @escaping (M.Call) -> M.Call?
    ) -> (part: Track<M>, looser: [Track<M>])? {
        let decision = Decision(track, budget: Budget())
        let excerpt: Excerpt
        let forgotten = { forgetting(track.entries[$0].call) }
        switch decision.outcome {
        case .conflict(let conflict):
            excerpt = Minimiser.minimise(track, conflict: conflict, forgetting: forgotten)
        case .deadEnd(let dead):
            excerpt = Minimiser.minimise(track, deadEnd: dead, forgetting: forgotten)
        case .linearizable, .undecided, .open: return nil
        }
        let looser =
            !excerpt.isConfirmed
            ? []
            : excerpt.places.compactMap { place -> Track<M>? in
                var looser = excerpt
                if track.model.isPure(track.entries[place].call) {
                    looser.places.removeAll { $0 == place }
                } else {
                    guard !track.entries[place].isUnknown, !excerpt.openEnded.contains(place) else {
                        return nil
                    }
                    looser.openEnded.insert(place)
                }
                return track.excerpt(looser, forgetting: forgotten)
            }
        return (track.excerpt(excerpt, forgetting: forgotten), looser)
    }
}
