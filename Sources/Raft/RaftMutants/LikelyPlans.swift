extension Mutant {
    /// Plans of `Workloads/self-test` that are likely to find it, by name: with which of them to
    /// begin, and nothing more; whoever looks for it goes on with all others.
    public var likelyPlans: [String] { Self.likelyPlans[id] ?? [] }

    private static let likelyPlans: [String: [String]] = [
        "1": ["figure8"],
        "2": ["members"],
        "3": ["restarts", "deposed"],
        "5": ["deposed", "late"],
        "6": ["late", "elections"],
        "8": ["needed"],
        "9": ["deposed", "clocks"],
        "10": ["restarts"],
        "13": ["elections"],
        "14": ["rare", "leases"],
        "15": ["leases"],
        "16": ["leases"],
        "17": ["late", "storm"],
        "23": ["snapshots", "replies"],
        "24": ["snapshots"],
        "25": ["members"],
        "26": ["needed"],
        "28": ["snapshots", "restarts"],
        "29": ["power", "torn"],
        "31": ["replies"],
        "32": ["restarts"],
        "34": ["heirs"],
        "35": ["torn", "disks"],
        "36": ["outcasts"],
        "unsynced-copy": ["disks"],
        "vote-not-kept": ["restarts"],
        "terms-only": ["needed", "comeback"],
        "hears-candidates": ["leases"],
        "new-voters-only": ["members"],
        "learners-count": ["members"],
        "members-any-time": ["members"],
        "any-predecessor": ["comeback", "needed"],
        "folder-not-synced": ["disks", "power"],
        "failed-sync-ignored": ["disks"],
        "wall-clock-lease": ["clocks"],
        "slow-clock-lease": ["clocks"],
    ]
}
