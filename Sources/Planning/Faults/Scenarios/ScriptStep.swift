internal import Topologies

/// One step of a script: what it waits for, and what it does then.
public struct ScriptStep: Sendable {
    /// What a step does.
    public enum Action: Sendable {
        /// Strikes nodes by a verb, under a name by which it is healed.
        case strike(Verb, Target, as: String)
        /// Heals what was struck under a name.
        case heal(String)
    }

    /// Whom a step is about.
    public enum Target: Hashable, Sendable {
        /// Whoever plays a role now.
        case role(Role)
        /// Those that were struck under a name before.
        case name(String)
        /// All of these, each another one where a role leaves a choice: `leader+other-follower`.
        case several([Target])

        /// Those of a word in a plan: roles and names, with `+` between them.
        public init(word: String) {
            let targets = word.split(separator: "+", omittingEmptySubsequences: false).map {
                Role(word: String($0)).map(Target.role) ?? .name(String($0))
            }
            self = targets.count == 1 ? targets[0] : .several(targets)
        }

        /// The names of what was struck before.
        public var names: [String] {
            switch self {
            case .role: []
            case .name(let name): [name]
            case .several(let targets): targets.flatMap(\.names)
            }
        }

        /// The word in a record.
        var word: String {
            switch self {
            case .role(let role): role.word
            case .name(let name): name
            case .several(let targets): targets.map(\.word).joined(separator: "+")
            }
        }
    }

    /// What has to be the case before it does.
    public var condition: Condition?
    /// How long it waits for that.
    public var limit: Duration
    /// How long it waits after that.
    public var pause: Duration
    /// What it does; nil if it only waits.
    public var action: Action?

    /// How long a step waits for its condition if nobody says.
    public static let defaultLimit = Duration.seconds(5)

    /// A step.
    public init(
        when condition: Condition? = nil, atMost limit: Duration = defaultLimit,
        after pause: Duration = .zero, _ action: Action? = nil
    ) {
        self.condition = condition
        self.limit = limit
        self.pause = pause
        self.action = action
    }

    /// Strikes whoever plays a role, after a while.
    static func strike(
        _ verb: Verb, _ role: Role, as name: String, after pause: Duration = .zero
    ) -> ScriptStep {
        ScriptStep(after: pause, .strike(verb, .role(role), as: name))
    }

    /// Heals what was struck under a name, after a while.
    static func heal(_ name: String, after pause: Duration = .zero) -> ScriptStep {
        ScriptStep(after: pause, .heal(name))
    }

    /// Waits for something.
    static func wait(for condition: Condition, atMost limit: Duration) -> ScriptStep {
        ScriptStep(when: condition, atMost: limit)
    }
}

/// What a step can wait for.
public enum Condition: String, Hashable, Sendable, CaseIterable {
    /// Another node leads, in a later term than that of the leader that was struck last.
    case newLeader = "new-leader"
    /// A write has been acknowledged by a node that is not struck, since the step began.
    case acknowledgedElsewhere = "acknowledged-elsewhere"
    /// A node says a later term than any did when the step began.
    case termChange = "term-change"
    /// A node that was struck lacks entries that the leader has only in its snapshot.
    case needsSnapshot = "needs-snapshot"
    /// A node that was struck has the leader's snapshot.
    case snapshotInstalled = "snapshot-installed"
    /// All nodes have served since the script's last healing.
    case recovered
    /// No operation waits for an answer.
    case idle

    /// What is seen of it; nil as long as it is not the case.
    ///
    /// `start` is what was seen when the step began.
    func evidence(
        _ view: ClusterView, since start: ClusterView, _ struck: Struck
    ) -> String? {
        switch self {
        case .newLeader:
            guard let leader = view.leader, leader.term > struck.term ?? -1,
                !struck.lasting.contains(leader.name)
            else { return nil }
            return "\(leader.name) led in term \(leader.term)"
        case .acknowledgedElsewhere:
            func writes(_ view: ClusterView) -> Int {
                view.members.reduce(0) {
                    $0 + (struck.lasting.contains($1.key) ? 0 : $1.value.acknowledged)
                }
            }
            let new = writes(view) - writes(start)
            return new > 0 ? "\(new) writes were acknowledged elsewhere" : nil
        case .termChange:
            guard let term = view.members.values.compactMap(\.term).max(),
                term > start.members.values.compactMap(\.term).max() ?? -1
            else { return nil }
            return "a node was in term \(term)"
        case .needsSnapshot:
            guard let leader = view.leader?.name, let snapshot = view.members[leader]?.snapshot
            else { return nil }
            let behind = struck.all.first { node in
                node != leader && (view.members[node]?.applied).map { $0 < snapshot } ?? false
            }
            return behind.map { "\($0) lacked entries that only a snapshot up to \(snapshot) had" }
        case .snapshotInstalled:
            guard let leader = start.leader?.name, let snapshot = start.members[leader]?.snapshot
            else { return nil }
            let caughtUp = struck.all.first { node in
                (view.members[node]?.applied).map { $0 >= snapshot } ?? false
            }
            return caughtUp.map { "\($0) had entry \(snapshot)" }
        case .recovered:
            return view.isQuiet ? "all served at \(view.time.formattedSeconds)" : nil
        case .idle: return view.waiting == 0 ? "no operation waited" : nil
        }
    }

    /// What a script has struck.
    struct Struck {
        /// Every node so far.
        var all: Set<NodeName> = []
        /// Nodes whose strike lasts.
        var lasting: Set<NodeName> = []
        /// The term of the leader when one was struck last, or when the script began.
        var term: Int?
    }
}
