internal import Topologies

/// A node's clock jumps, or runs too fast or too slow; it heals to the truth.
///
/// By how much is drawn for each node anew, up to the plan's limits, in either direction.
public struct WrongClock: Fault {
    /// What the clock does.
    public enum Misbehaviour: String, Hashable, Sendable, CaseIterable {
        /// The wall clock jumps.
        case bump
        /// The wall clock jumps to and fro.
        case strobe
        /// The monotonic clock runs at another rate.
        case drift
    }

    /// What the clock does.
    public let misbehaviour: Misbehaviour
    /// Whose clock.
    public let target: Target
    /// One suffices.
    public let leastNodes = 1
    /// A node whose clock is wrong can be cut off, frozen or killed as well.
    public let isExclusive = false

    /// A clock can be moved only if it is the lab's own from the start.
    public let needs: Set<Footing> = [.clocks]

    /// The smallest step that is drawn.
    static let leastStep = Duration.seconds(1)
    /// The smallest rate that is drawn, or its inverse: a smaller one is inside the margins of most
    /// systems.
    static let leastRate = 3.0

    /// A misbehaving clock of a target.
    public init(_ misbehaviour: Misbehaviour, _ target: Target) {
        self.misbehaviour = misbehaviour
        self.target = target
    }

    /// Every kind: a majority is left out, for clocks are wrong one by one or all at once.
    public static let all = Misbehaviour.allCases.flatMap { misbehaviour in
        [Target.one, .minority, .all, .leader].map { WrongClock(misbehaviour, $0) }
    }

    /// `clock-bump`, `clock-strobe` or `clock-drift`.
    public var family: FaultName { "clock-\(misbehaviour.rawValue)" }
    /// `clock-bump-one` and so on.
    public var name: FaultName { "\(family)-\(target.rawValue)" }
    /// If it is the leader's clock.
    public var needsLeader: Bool { target == .leader }

    /// In words.
    public var summary: String {
        switch misbehaviour {
        case .bump: "step CLOCK_REALTIME of \(target.summary) (faults.clock-step)"
        case .strobe: "step CLOCK_REALTIME of \(target.summary) to and fro (faults.clock-step)"
        case .drift: "run CLOCK_MONOTONIC of \(target.summary) too fast or slow (faults.clock-rate)"
        }
    }

    /// Takes aim.
    public func aim(_ aiming: Aiming) -> Aim? {
        target.nodes(aiming).map {
            Aim(affected: $0, Self.change(of: $0, misbehaviour, aiming))
        }
    }

    /// A change that follows from the shuffle of the nodes.
    static func change(
        of nodes: [NodeName], _ misbehaviour: Misbehaviour, _ aiming: Aiming
    ) -> ClockChange {
        var draws = Draws(aiming)
        let movements = nodes.map { ($0, movement(misbehaviour, aiming.intensity, &draws)) }
        return ClockChange(Dictionary(uniqueKeysWithValues: movements))
    }

    private static func movement(
        _ misbehaviour: Misbehaviour, _ intensity: Intensity, _ draws: inout Draws
    ) -> ClockChange.Movement {
        let isForward = draws.next() < 0.5
        switch misbehaviour {
        case .bump, .strobe:
            let most = intensity.clockStep / .seconds(1)
            let least = min(leastStep / .seconds(1), most)
            let offset = Duration.seconds(between(least, most, draws.next()))
            let signed = isForward ? offset : .zero - offset
            return misbehaviour == .bump ? .step(signed) : .strobe(signed)
        case .drift:
            let least = min(leastRate, intensity.clockRate)
            let rate = between(least, intensity.clockRate, draws.next())
            return .rate(isForward ? rate : 1 / rate)
        }
    }

    /// Between two positive numbers, small ones as likely as large ones.
    private static func between(_ least: Double, _ most: Double, _ draw: Double) -> Double {
        // A geometric mean, weighted in sixteenths, needs square roots only.
        var (low, high) = (least, most)
        var draw = draw
        for _ in 0..<16 {
            let middle = (low * high).squareRoot()
            draw *= 2
            if draw < 1 {
                high = middle
            } else {
                low = middle
                draw -= 1
            }
        }
        return (low * high).squareRoot()
    }

    /// Numbers that follow from the shuffle of the nodes, which was drawn from the seed.
    private struct Draws {
        private var state: UInt64

        init(_ aiming: Aiming) {
            state = aiming.order.reduce(0x9e37_79b9_7f4a_7c15) { state, node in
                (state ^ UInt64(node.number)) &* 0xbf58_476d_1ce4_e5b9
            }
        }

        /// Between 0 and 1.
        mutating func next() -> Double {
            // SplitMix64 (Steele, Lea, Flood 2014).
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53 as UInt64)
        }
    }
}
