internal import Models

/// The exact search for any model: breadth first, depth first, and by the structure of its states
/// where there is a search for that (``PushdownSearch``, ``LockstepSearch``), in turns, each going
/// on where it stopped, until one of them knows.
///
/// The frontier finds violations soon, for it never visits a configuration that a better one
/// dominates; the descent finds orders soon where there are many of them. In turns that grow by
/// the same factor none costs much more than the best one does alone. The structure comes first
/// and has the longest turns, for it needs least in the end, unless many operations crashed. The
/// turns are counted in configurations, so that the same one wins every time.
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
        let finding = run(space, meter, order, order == .turns ? structured(track) : nil)
        let cost = Cost(
            configurations: meter.configurations, steps: meter.steps + space.alphabet.takeWork(),
            bytes: meter.bytes)
        return (finding, cost, space)
    }

    /// Which searches take part.
    enum Order {
        /// All that there are for the model.
        case turns
        case breadthFirst
        case depthFirst
    }

    /// The search for the structure of a model's states; nil if there is none, or too many
    /// operations are open at once for it.
    private static func structured<M>(_ track: Track<M>) -> (any StructuredSearch)? {
        switch track {
        case let track as Track<Stack>: PushdownSearch(track)
        case let track as Track<FIFOQueue>: LockstepSearch(track)
        default: nil
        }
    }

    private static func run<M>(
        _ space: SearchSpace<M>, _ meter: Meter, _ order: Order,
        _ search: (any StructuredSearch)?
    ) -> SearchFinding<M> {
        var structured = search
        if let limit = space.limit, structured == nil {
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
            var end = meter.configurations + structuredShare * turn
            if space.limit != nil { end = .max }
            if var search = structured {
                // Not two owners, or each turn would begin with a copy.
                structured = nil
                let others = frontier.bytes + descent.bytes
                let found: SearchFinding<M>? = run(&search, meter, until: end, others: others)
                if let found { return found }
                structured = search
            }
            let bytes = structured?.bytes ?? 0
            end = meter.configurations + turn
            if let found = frontier.run(meter, until: end, others: descent.bytes + bytes) {
                return found
            }
            end = meter.configurations + (space.partDemands.isEmpty ? 1 : partsShare) * turn
            if let found = descent.run(meter, until: end, others: frontier.bytes + bytes) {
                return found
            }
            turn *= 2
        }
    }

    private static func run<M>(
        _ search: inout some StructuredSearch, _ meter: Meter, until end: Int, others: Int
    ) -> SearchFinding<M>? {
        search.run(meter, until: end, others: others) as? SearchFinding<M>
    }

    /// How many times longer the turns of the descent are for an object of parts, whose frontier
    /// holds every choice of crashed writes that may have come before.
    private static var partsShare: Int { 4 }

    /// How many times longer the turns of a search by structure are.
    private static var structuredShare: Int { 16 }
}

/// A search for one kind of states, which can be interrupted and go on.
protocol StructuredSearch {
    associatedtype Object: Model

    /// What this search takes up.
    var bytes: Int { get }

    /// Goes on until the answer is known, or so many configurations have been visited.
    ///
    /// - Returns: nil if it was interrupted.
    mutating func run(_ meter: Meter, until most: Int, others: Int) -> SearchFinding<Object>?
}
