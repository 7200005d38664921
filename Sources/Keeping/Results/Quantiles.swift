/// Latencies that so many of all stay within, in seconds.
public struct Quantiles: Codable, Hashable, Sendable {
    /// How many there were.
    public private(set) var count = 0
    /// Half of them.
    public private(set) var median = 0.0
    /// 95 of a hundred.
    public private(set) var p95 = 0.0
    /// 99 of a hundred.
    public private(set) var p99 = 0.0
    /// All.
    public private(set) var most = 0.0

    /// Of nothing.
    public init() {}

    /// By sorting; the nearest rank.
    public init(_ values: [Double]) {
        let sorted = values.sorted()
        guard let last = sorted.last else { return }
        count = sorted.count
        median = sorted[(sorted.count - 1) / 2]
        p95 = sorted[(sorted.count - 1) * 95 / 100]
        p99 = sorted[(sorted.count - 1) * 99 / 100]
        most = last
    }
}
