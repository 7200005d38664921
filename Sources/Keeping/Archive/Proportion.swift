internal import Foundation

/// How often something happened in how many tries, with the range in which its true rate lies.
///
/// Wilson 1927, "Probable inference, the law of succession, and statistical inference": unlike the
/// textbook interval it holds for rates near 0 and 1 and for few tries, which is what a night has.
public struct Proportion: Hashable, Sendable, Codable, CustomStringConvertible {
    /// How often it happened.
    public let hits: Int
    /// In how many tries.
    public let tries: Int

    /// So many hits in so many tries.
    public init(_ hits: Int, of tries: Int) {
        precondition(0 <= hits && hits <= tries, "no more hits than tries")
        self.hits = hits
        self.tries = tries
    }

    /// The share of hits; 0 where nothing was tried.
    public var rate: Double { tries == 0 ? 0 : Double(hits) / Double(tries) }

    /// The bounds between which the true rate lies with 95% confidence; 0 to 1 where nothing was
    /// tried.
    public var interval: ClosedRange<Double> {
        guard tries > 0 else { return 0...1 }
        let z = 1.959_963_984_540_054
        let count = Double(tries)
        let centre = (rate + z * z / (2 * count)) / (1 + z * z / count)
        let reach =
            z * ((rate * (1 - rate) + z * z / (4 * count)) / count).squareRoot()
            / (1 + z * z / count)
        // At rates of 0 and 1 rounding would leave the rate itself outside.
        return max(0, min(rate, centre - reach))...min(1, max(rate, centre + reach))
    }

    /// Whether two rates differ by more than chance explains: their intervals do not meet.
    ///
    /// A strict test: intervals that touch may still belong to different rates.
    public func certainlyDiffers(from other: Proportion) -> Bool {
        !interval.overlaps(other.interval)
    }

    /// `3 of 20, 5% to 36%`.
    public var description: String {
        let bounds = [interval.lowerBound, interval.upperBound].map { bound in
            "\(Int((bound * 100).rounded()))%"
        }
        return "\(hits) of \(tries), \(bounds[0]) to \(bounds[1])"
    }
}
