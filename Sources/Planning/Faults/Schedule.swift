public import Topologies

/// One fault of a schedule.
public struct ScheduledFault: Sendable {
    /// Its number in the schedule, from 1.
    public let number: Int
    /// When it is injected, since the start of the load.
    public let start: Duration
    /// How long it lasts.
    public let length: Duration
    /// What it is.
    public let kind: any Fault
    /// A shuffle of the nodes, from which its target is taken.
    public let order: [NodeName]

    /// A fault with its place in a schedule.
    public init(
        number: Int, start: Duration, length: Duration, kind: any Fault, order: [NodeName]
    ) {
        self.number = number
        self.start = start
        self.length = length
        self.kind = kind
        self.order = order
    }
}

/// The faults of a run, drawn from a seed before the run begins.
public struct Schedule: Sendable {
    /// When faults come and how long they last.
    public struct Rhythm: Hashable, Sendable {
        /// Quiet before the first fault.
        public var first: Duration
        /// From the start of one fault to the start of the next.
        public var every: Duration
        /// From a fault's start to its healing.
        public var length: Duration

        /// A rhythm; `length` is less than `every`, so that the cluster can recover.
        public init(first: Duration, every: Duration, length: Duration) {
            self.first = first
            self.every = every
            self.length = length
        }
    }

    /// The faults, by their start; no two overlap.
    public let faults: [ScheduledFault]

    /// Draws faults for a load of this length.
    ///
    /// Requests are dealt like cards: each once in random order, then each once again, so that
    /// every kind that was asked for comes about equally often. The last fault is healed, and has
    /// its time to recover, before the load ends.
    public init(
        requests: [FaultRequest], rhythm: Rhythm, nodes: [NodeName], within length: Duration,
        using random: inout some RandomNumberGenerator
    ) {
        var faults: [ScheduledFault] = []
        var deck: [FaultRequest] = []
        var kinds: [String: [any Fault]] = [:]
        var start = rhythm.first
        while !requests.isEmpty, start + rhythm.every <= length {
            if deck.isEmpty { deck = requests.shuffled(using: &random) }
            let request = deck.removeLast()
            if kinds[request.name, default: []].isEmpty {
                kinds[request.name] = request.kinds.shuffled(using: &random)
            }
            guard let kind = kinds[request.name]?.popLast() else { break }
            faults.append(
                ScheduledFault(
                    number: faults.count + 1, start: start, length: rhythm.length, kind: kind,
                    order: nodes.shuffled(using: &random)))
            start += rhythm.every
        }
        self.faults = faults
    }
}

extension Schedule: CustomStringConvertible {
    /// One line per fault.
    public var description: String {
        faults.map { fault in
            "\(fault.number) \(fault.kind.name) at \(fault.start.formattedSeconds) for "
                + "\(fault.length.formattedSeconds) order \(fault.order)\n"
        }.joined()
    }
}
