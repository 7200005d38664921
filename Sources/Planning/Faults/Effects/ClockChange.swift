public import Topologies

/// Nodes' clocks show something else than the truth.
public struct ClockChange: Effect {
    /// How a clock is wrong.
    public enum Movement: Hashable, Sendable, CustomStringConvertible {
        /// The wall clock, CLOCK_REALTIME, is off by this much.
        case step(Duration)
        /// The wall clock jumps by this much and back, again and again.
        case strobe(Duration)
        /// CLOCK_MONOTONIC runs so many times as fast.
        case rate(Double)

        /// `+60 s`, `+60 s and back`, `0.05 times as fast`.
        public var description: String {
            switch self {
            case .step(let offset): Self.words(offset)
            case .strobe(let offset): Self.words(offset) + " and back"
            case .rate(let rate): "\((rate * 1_000).rounded() / 1_000) times as fast"
            }
        }

        private static func words(_ offset: Duration) -> String {
            "\(offset < .zero ? "" : "+")\((offset / .milliseconds(1)).rounded() / 1_000) s"
        }
    }

    /// How each node's clock is wrong.
    public let movements: [NodeName: Movement]

    /// Clocks that are wrong.
    public init(_ movements: [NodeName: Movement]) { self.movements = movements }
}
