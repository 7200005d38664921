internal import Models

/// What is known of one object's history, and how that was found out.
struct Decision<M: Model> {
    /// What is known.
    enum Outcome {
        /// An order is legal: of entries, places in the track, where it is known.
        case linearizable([Int]?)
        /// A linear-time decider found a contradiction.
        case conflict(Conflict)
        /// The search came to an end.
        case deadEnd(DeadEnd<M>)
        /// The budget was spent.
        case undecided(Limit, DeepestFrontier)
        /// The effort was spent, but not the budget.
        case open
    }

    let outcome: Outcome
    let decider: KeyReport.Decider
    let cost: Search.Cost

    /// Decides a track: with the decider of its model; by a value that nobody may have written;
    /// and by the search, if so much effort is allowed.
    init(
        _ track: Track<M>, budget: Budget, effort: Int = .max, recordsPaths: Bool = false,
        cancellation: Cancellation? = nil
    ) {
        let linear = LinearTime.decide(track)
        if case .order(let order) = linear, track.accepts(order) {
            self.init(.linearizable(order), .linearTime)
            return
        }
        if let conflict = track.unwritten {
            self.init(.conflict(conflict), .linearTime)
            return
        }
        if case .contradiction(let conflict) = linear {
            self.init(.conflict(conflict), .linearTime)
            return
        }
        guard effort > 0 else {
            self.init(.open, .search)
            return
        }
        var limited = budget
        limited.steps = min(budget.steps, effort)
        let (finding, cost, space) = Search.run(
            track, budget: limited, recordsPaths: recordsPaths, cancellation: cancellation)
        switch finding {
        case .undecided(.steps, _) where effort < budget.steps:
            self.init(.open, .search, cost)
        case .undecided(let limit, let frontier):
            self.init(.undecided(limit, frontier), .search, cost)
        case .violation(let end): self.init(.deadEnd(end), .search, cost)
        case .ordered(let order):
            precondition(track.accepts(order), "the search's own order must be legal")
            self.init(.linearizable(order), .search, cost)
        case .linearizable(let steps):
            let order = steps.map { WitnessOrder.entries(of: $0, in: space) }
            precondition(
                order.map(track.accepts) ?? true, "the search's own order must be legal")
            self.init(.linearizable(order), .search, cost)
        }
    }

    private init(
        _ outcome: Outcome, _ decider: KeyReport.Decider, _ cost: Search.Cost = Search.Cost()
    ) {
        self.outcome = outcome
        self.decider = decider
        self.cost = cost
    }
}
