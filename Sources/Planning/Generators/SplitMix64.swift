/// A seeded random number generator whose sequence never changes between releases.
///
/// Steele, Lea & Flood 2014, "Fast Splittable Pseudorandom Number Generators", figure 17's mixer.
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    /// A generator that gives the same numbers for the same seed.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// An independent generator, so that one part's dice do not depend on another's.
    public mutating func split() -> SplitMix64 { SplitMix64(seed: next()) }
}
