internal import Faults
internal import Topologies

/// A round that a plan spells out: steps, each with a verb and what it waits for.
///
///     - - {pause: follower, as: f}
///       - {after: 300ms..1s, hold: leader, as: old}
///       - {when: new-leader, at-most: 5s, heal: old}
///       - {resume: f}
public struct RoundPlan: Hashable, Sendable, Codable {
    /// The steps.
    public var steps: [Step]

    /// One step.
    public struct Step: Hashable, Sendable {
        /// What it says, by key.
        public var words: [String: String]
    }

    /// Reads a list of steps.
    ///
    /// - Throws: `DecodingError` for the first step that makes no sense.
    public init(from decoder: any Decoder) throws {
        steps = try decoder.singleValueContainer().decode([Step].self)
        do {
            try requireNames()
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: error.message))
        }
    }

    /// Refuses a step about something that no step before it has struck.
    private func requireNames() throws(PlanError) {
        var names: Set<String> = []
        for step in steps {
            switch try step.read().step.action {
            case .heal(let name) where !names.contains(name):
                throw PlanError(
                    NearestWord.refusal(
                        of: name, what: "name of something struck before",
                        known: names.sorted()))
            case .strike(_, let target, let name):
                if let whom = target.names.first(where: { !names.contains($0) }) {
                    throw PlanError(
                        NearestWord.refusal(
                            of: whom, what: "role",
                            known: Role.named.map(\.word) + names.sorted()))
                }
                names.insert(name)
            case .heal, nil: break
            }
        }
    }

    /// Writes the steps.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(steps)
    }

    /// What the dice make scripts of.
    func template(named name: FaultName) -> RoundTemplate {
        RoundTemplate(
            name,
            steps.map { step in
                guard let read = try? step.read() else {
                    preconditionFailure("a step was read when the plan was")
                }
                return read
            })
    }
}

extension RoundPlan.Step: Codable {
    private static let guards = ["after", "when", "at-most", "as", "process"]
    private static let endings = Set(["heal"] + Verb.all.compactMap(\.ending)).sorted()
    /// Every key of a step.
    static let keys = guards + Verb.all.map(\.name) + endings

    /// Reads a step.
    ///
    /// - Throws: `DecodingError` that says what is wrong and what there is.
    public init(from decoder: any Decoder) throws {
        words = try decoder.singleValueContainer().decode([String: String].self)
        do {
            _ = try read()
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: error.message))
        }
    }

    /// Writes the step.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(words)
    }

    /// What the words mean.
    ///
    /// - Throws: `PlanError` for the first that means nothing.
    func read() throws(PlanError) -> RoundTemplate.Step {
        for word in words.keys.sorted() where !Self.keys.contains(word) {
            throw PlanError(
                NearestWord.refusal(of: word, what: "key of a step", known: Self.keys))
        }
        var step = ScriptStep()
        if let word = words["when"] {
            guard let condition = Condition(rawValue: word) else {
                throw PlanError(
                    NearestWord.refusal(
                        of: word, what: "condition",
                        known: Condition.allCases.map(\.rawValue)))
            }
            step.condition = condition
        }
        if let text = words["at-most"] {
            guard let limit = PlanDuration(text), step.condition != nil else {
                throw PlanError("at-most: \(text) limits nothing; write when: and at-most: 5s")
            }
            step.limit = limit.duration
        }
        var pause = Duration.zero...Duration.zero
        if let text = words["after"] {
            guard let range = PlanRange(text) else {
                throw PlanError("after: '\(text)' is \(PlanRange.refusal)")
            }
            pause = range.range
        }
        step.action = try action()
        return RoundTemplate.Step(step, pause: pause)
    }

    private func action() throws(PlanError) -> ScriptStep.Action? {
        let verbs = Verb.all.filter { words[$0.name] != nil }
        let ended = Self.endings.compactMap { words[$0] }
        guard verbs.count + ended.count <= 1 else {
            throw PlanError("a step does one thing; write a step for each")
        }
        if let name = ended.first { return .heal(name) }
        guard let verb = verbs.first, let whom = words[verb.name] else {
            guard words["as"] == nil else { throw PlanError("as: names what no verb strikes") }
            guard words["process"] == nil else {
                throw PlanError("process: is struck by no verb")
            }
            return nil
        }
        let struck = try self.process(of: verb)
        return .strike(struck, ScriptStep.Target(word: whom), as: words["as"] ?? whom)
    }

    /// The verb, done to one process of each node if the step says which.
    private func process(of verb: Verb) throws(PlanError) -> Verb {
        guard let word = words["process"] else { return verb }
        guard let process = ProcessName(word) else {
            throw PlanError("process: '\(word)' is no name of a process")
        }
        guard let struck = verb.of(process) else {
            throw PlanError(
                "process: \(verb.name) strikes whole nodes; of one process there are "
                    + Verb.ofProcesses.map(\.name).joined(separator: ", "))
        }
        return struck
    }
}
