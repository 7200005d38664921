internal import Results

extension RunRow {
    /// The failure by which a run is told apart from others: one bug shows itself in many ways, and
    /// this is the one that says most of it.
    ///
    /// The first that was seen: all others may follow from it. Where times are not known or the same,
    /// a node's last words come first, then what nodes hold or say that no right node can, then what
    /// clients saw, the most frequent anomaly first.
    public var principal: Failure? {
        failures.min {
            ($0.first ?? .infinity, $0.rank, -$0.count, $0.signature)
                < ($1.first ?? .infinity, $1.rank, -$1.count, $1.signature)
        }
    }
}

extension RunRow.Failure {
    /// The lower, the more it says about the bug.
    fileprivate var rank: Int {
        switch signature.series {
        case .node:
            switch Finding.Kind(rawValue: signature.anomaly) {
            case .panic?: 0
            case .unaskedExit?: 1
            case .twoLeaders?, .divergedLog?, .divergedState?, .wentBackward?, .servedWiped?,
                .servedDamaged?, .stubbornLeader?, .nonsense?:
                2
            case .notServing?, .endlessElections?, .check?, nil: 5
            }
        case .violation: 4
        case .harness: 6
        case .inconclusive: 7
        }
    }
}
