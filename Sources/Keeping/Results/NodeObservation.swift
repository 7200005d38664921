public import Topologies

/// What a node was and said of itself, from a moment on.
public struct NodeObservation: Codable, Hashable, Sendable {
    /// What the process was doing.
    public enum Process: String, Codable, Sendable {
        case up, paused, down
    }

    /// What the node said that it was.
    public enum Role: String, Codable, Sendable {
        case leader
        /// A follower, a candidate or a learner.
        case other
    }

    /// The node.
    public var node: NodeName
    /// Seconds since the start of the load.
    public var time: Double
    /// What the process was doing.
    public var process: Process
    /// What it said that it was; nil if it did not answer.
    public var role: Role?
    /// Its term, if it answered.
    public var term: Int?

    /// Whether it had not applied yet what some node had half a second before; nil if it did not
    /// say what it has applied.
    public var lags: Bool?

    /// An observation of a node.
    public init(
        node: NodeName, time: Double, process: Process, role: Role?, term: Int?, lags: Bool? = nil
    ) {
        self.node = node
        self.time = time
        self.process = process
        self.role = role
        self.term = term
        self.lags = lags
    }
}

/// A time in which the harness itself stood still: stopped, starved or swapped out.
///
/// What clients and nodes did meanwhile was seen late or not at all.
public struct Stall: Codable, Hashable, Sendable {
    /// When it began, in seconds since the start of the load.
    public var start: Double
    /// When the harness went on.
    public var end: Double

    /// A stall between two times.
    public init(start: Double, end: Double) {
        self.start = start
        self.end = end
    }

    /// How long it lasted, in seconds.
    public var length: Double { end - start }
}

extension Sequence<Stall> {
    /// The seconds of a stretch of time in which the harness stood still.
    public func seconds(between start: Double, and end: Double) -> Double {
        reduce(0) { $0 + Swift.max(0, Swift.min($1.end, end) - Swift.max($1.start, start)) }
    }
}

/// Operations per second: what was asked for, and what the load reached.
public struct LoadRate: Codable, Hashable, Sendable {
    /// What the plan asks for; nil for as many as there can be.
    public var asked: Double?
    /// Invocations per second of the load.
    public var reached: Double

    /// Two rates.
    public init(asked: Double?, reached: Double) {
        self.asked = asked
        self.reached = reached
    }

    /// `300/s asked, 297/s reached`.
    public var words: String {
        (asked.map { $0.fixed($0 < 10 ? 1 : 0) + "/s" } ?? "no limit") + " asked, "
            + reached.fixed(reached < 10 ? 1 : 0) + "/s reached"
    }
}
