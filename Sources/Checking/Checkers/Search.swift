internal import Models

/// The exact search for any model: by the structure of its states where there is a search for that
/// (``PushdownSearch``, ``LockstepSearch``); otherwise breadth first and depth first in turns, each
/// going on where it stopped, until one of them knows.
///
/// The frontier finds violations soon, for it never visits a configuration that a better one
/// dominates; the descent finds orders soon where there are many of them. In turns that grow by
/// the same factor neither costs much more than the better one does alone. The turns are counted
/// in configurations, so that the same one wins every time.
enum Search {
    /// What a search cost.
    struct Cost {
        /// Configurations visited.
        var configurations = 0
        /// Units of work (``Budget/steps``).
        var steps = 0
        /// The most bytes in use at once.
        var bytes = 0
    }

    /// Decides the track within the budget, and says what that cost.
    ///
    /// With `looksAhead` later observations may end it before they come, which is sooner but
    /// harder to explain (``Demands``).
    static func run<M>(
        _ track: Track<M>, budget: Budget, recordsPaths: Bool = false,
        looksAhead: Bool = true, order: Order = .turns, cancellation: Cancellation? = nil
    ) -> (finding: SearchFinding<M>, cost: Cost, space: SearchSpace<M>) {
        let meter = Meter(budget, cancellation: cancellation)
        let space = SearchSpace(
            track, recordsPaths: recordsPaths, looksAhead: looksAhead)
        let finding =
            (order == .turns ? structured(track, meter) : nil)
            ?? run(space, meter, order)
        let cost = Cost(
            configurations: meter.configurations, steps: meter.steps + space.alphabet.takeWork(),
            bytes: meter.bytes)
        return (finding, cost, space)
    }

    /// Which searches take part.
    enum Order {
        /// That for the model's structure alone where there is one, the other two in turns otherwise.
        case turns
        case breadthFirst
        case depthFirst
    }

    /// What the search for the structure of a model's states found; nil if there is none, or too
    /// many operations are open at once for it.
    private static func structured<M>(_ track: Track<M>, _ meter: Meter) -> SearchFinding<M>? {
        switch track {
        case let track as Track<Stack>:
            guard var search = PushdownSearch(track) else { return nil }
            return search.run(meter) as? SearchFinding<M>
        case let track as Track<FIFOQueue>:
            guard var search = LockstepSearch(track) else { return nil }
            return search.run(meter) as? SearchFinding<M>
        default: return nil
        }
    }

    private static func run<M>(
        _ space: SearchSpace<M>, _ meter: Meter, _ order: Order
    ) -> SearchFinding<M> {
        if let limit = space.limit {
            return .undecided(
                limit, DeepestFrontier(completed: nil, configurations: 0, states: []))
        }
        var frontier = Frontier(space)
        if order == .breadthFirst, let finding = frontier.run(meter, until: .max, others: 0) {
            return finding
        }
        var descent = Descent(space)
        if order == .depthFirst, let finding = descent.run(meter, until: .max, others: 0) {
            return finding
        }
        // An easy history takes the frontier a few configurations a completion.
        var turn = 4 * space.levels.count + 1_000
        while true {
            var end = meter.configurations + turn
            if let found = frontier.run(meter, until: end, others: descent.bytes) {
                return found
            }
            end = meter.configurations + turn
            if let found = descent.run(meter, until: end, others: frontier.bytes) {
                return found
            }
            turn *= 2
        }
    }
}
