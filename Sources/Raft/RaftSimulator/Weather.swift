internal import Generators

/// How much goes wrong in one simulation, and how the servers are set up; drawn from its seed.
struct Weather {
    let loss: Double
    /// The probability of a crash between any two parts of a pass.
    let crashes: Double
    /// The longest way of a packet that is not late, in milliseconds.
    let latency: Int
    /// The probability that a new leader crashes soon.
    let leaderCrashes: Double
    /// The longest time that a server is down, in milliseconds.
    let longestRest: Int
    let mostEntries: Int
    let leaseTicks: Int
    /// For so long, in milliseconds, events collect before they are taken in one pass; 0 for not
    /// at all.
    let longestTurn: Int
    /// The log is compacted after so many entries; 0 for only now and then.
    let snapshotEntries: UInt64
    /// Milliseconds between two faults, at most.
    let longestPause: Int
    /// Milliseconds until all is quiet for once.
    let turbulence: Int

    init(leaseTicks: Int, using random: inout SplitMix64) {
        func one<Value>(of values: [Value]) -> Value {
            values[Int.random(in: 0..<values.count, using: &random)]
        }
        loss = Double.random(in: 0...0.08, using: &random)
        crashes = one(of: [0.000_2, 0.001, 0.005])
        latency = one(of: [6, 12, 40])
        leaderCrashes = one(of: [0.05, 0.1, 0.7])
        longestRest = one(of: [2_000, 300])
        mostEntries = Int.random(in: 1...4, using: &random)
        self.leaseTicks = Double.random(in: 0..<1, using: &random) < 0.3 ? leaseTicks : 0
        longestTurn = one(of: [0, 3, 15])
        snapshotEntries = one(of: [0, 0, 6, 20])
        longestPause = one(of: [500, 1_200])
        turbulence = one(of: [6_000, 12_000])
    }
}
