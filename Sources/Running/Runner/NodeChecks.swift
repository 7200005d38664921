internal import Results
internal import Systems
internal import Topologies

/// What a node said of itself in one of its lives.
struct NodeStatement: Hashable, Sendable {
    /// The node.
    var node: NodeName
    /// The process that said it: another number is another life.
    var process: Int32
    /// When it was asked, since the start of the load.
    var time: Duration
    /// What it said.
    var status: NodeStatus
}

/// Checks what nodes say of themselves while a run goes on.
///
/// Two leaders in one term, a term or an applied index that falls, and two states after the same
/// entries contradict Raft whatever clients saw (Raft §5.2, §5.4.3). Pure: statements in, findings
/// out, each contradiction once.
struct NodeChecks {
    /// A contradiction, with both statements.
    struct Contradiction: Hashable, Sendable {
        /// What was contradicted.
        var kind: Finding.Kind
        /// What was said first.
        var before: NodeStatement
        /// What contradicts it.
        var after: NodeStatement
    }

    /// So many indexes with their states are remembered: at 10,000 entries a second and 20
    /// statements, those of ten minutes.
    private static let mostStates = 65_536

    private var leaders: [Int: NodeStatement] = [:]
    private var last: [NodeName: NodeStatement] = [:]
    private var states: [UInt64: NodeStatement] = [:]
    private var remembered: [UInt64] = []
    private var oldest = 0
    private var accused: Set<Accusation> = []

    /// A contradiction is told once for each node, or each term.
    private struct Accusation: Hashable {
        let kind: Finding.Kind
        let node: NodeName
        let term: Int?
    }

    /// Takes a statement; those of a node come in the order in which they were made.
    mutating func note(_ statement: NodeStatement) -> [Contradiction] {
        var plain = statement
        plain.status.recent = []
        let found =
            [leadership(plain), progress(plain)].compactMap(\.self) + states(of: statement)
        last[statement.node] = plain
        return found.filter {
            let term = $0.kind == .twoLeaders ? $0.after.status.term : nil
            return accused.insert(
                Accusation(kind: $0.kind, node: $0.after.node, term: term)
            ).inserted
        }
    }

    private mutating func leadership(_ statement: NodeStatement) -> Contradiction? {
        // Two leaders whose terms nobody knows contradict nothing: one of them may be deposed.
        guard statement.status.isLeader, statement.status.termIsRaftsOwn,
            let term = statement.status.term
        else { return nil }
        guard let other = leaders[term] else {
            leaders[term] = statement
            return nil
        }
        guard other.node != statement.node else { return nil }
        return Contradiction(kind: .twoLeaders, before: other, after: statement)
    }

    /// A term survives a restart; what is applied need only not fall in one life.
    private func progress(_ statement: NodeStatement) -> Contradiction? {
        guard let last = last[statement.node] else { return nil }
        let isSameLife = last.process == statement.process
        let applied = (last.status.appliedIndex, statement.status.appliedIndex)
        var hasFallen = false
        if statement.status.termIsRaftsOwn, let before = last.status.term,
            let after = statement.status.term, after < before
        {
            hasFallen = true
        }
        if isSameLife, let before = applied.0, let after = applied.1, after < before {
            hasFallen = true
        }
        if isSameLife, let before = last.status.commit, let after = statement.status.commit,
            after < before
        {
            hasFallen = true
        }
        return hasFallen ? Contradiction(kind: .wentBackward, before: last, after: statement) : nil
    }

    /// Compares what a node has applied, and what it had applied since it was asked last.
    private mutating func states(of statement: NodeStatement) -> [Contradiction] {
        let last = last[statement.node]
        let known = last?.process == statement.process ? last?.status.applied?.index ?? 0 : 0
        var states = statement.status.recent.filter { $0.index > known }
        if let applied = statement.status.applied { states.append(applied) }
        return states.compactMap { applied in
            var then = statement
            then.status.recent = []
            then.status.applied = applied
            return state(then)
        }
    }

    private mutating func state(_ statement: NodeStatement) -> Contradiction? {
        guard let applied = statement.status.applied else { return nil }
        if let other = states[applied.index] {
            let before = other.status.applied
            // Other entries make other states; the entries are what is wrong then.
            if let one = before?.log, let two = applied.log, one != two {
                return Contradiction(kind: .divergedLog, before: other, after: statement)
            }
            guard before?.hash != applied.hash else { return nil }
            return Contradiction(kind: .divergedState, before: other, after: statement)
        }
        states[applied.index] = statement
        if remembered.count < Self.mostStates {
            remembered.append(applied.index)
        } else {
            states[remembered[oldest]] = nil
            remembered[oldest] = applied.index
            oldest = (oldest + 1) % Self.mostStates
        }
        return nil
    }
}

extension NodeChecks.Contradiction {
    /// The contradiction as a finding on the node that contradicts.
    var finding: Finding {
        Finding(
            kind, node: after.node,
            detail: "\(Self.words(after)), but \(Self.words(before))",
            time: after.time / .seconds(1), aspect: aspect)
    }

    /// What went backward.
    private var aspect: String? {
        guard kind == .wentBackward else { return nil }
        let life = before.process == after.process ? "" : " after a restart"
        if let earlier = before.status.term, let later = after.status.term, later < earlier {
            return "term" + life
        }
        if let earlier = before.status.applied?.index, let later = after.status.applied?.index,
            later < earlier
        {
            return "applied entry" + life
        }
        return "committed entry" + life
    }

    private static func words(_ statement: NodeStatement) -> String {
        let status = statement.status
        let term = status.term.map { " in term \($0)" } ?? ""
        let applied =
            status.applied.map {
                ", applied \($0.index), state \($0.hash)"
                    + ($0.log.map { ", log \($0)" } ?? "")
            } ?? status.appliedIndex.map { ", applied \($0)" } ?? ""
        let commit = status.commit.map { ", committed up to \($0)" } ?? ""
        return "\(statement.node) \(status.isLeader ? "led" : "did not lead")\(term)"
            + "\(commit)\(applied) at \(statement.time.formattedSeconds) as process "
            + "\(statement.process)"
    }
}
