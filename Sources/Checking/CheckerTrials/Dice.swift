internal import Histories

/// A small seeded generator (SplitMix64), so that a disagreement can be seen again.
struct Dice: RandomNumberGenerator {
    private var state: UInt64
    /// What the values of the history at hand look like.
    var palette = Palette.numbers

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Whether something of this probability happens.
    mutating func chance(_ probability: Double) -> Bool {
        Double(next() >> 11) * 0x1p-53 < probability
    }

    /// A number below a bound, without caring for a bias of less than a millionth.
    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }

    /// The value of a number: different ones for different numbers, not always spelled the same.
    mutating func value(_ number: Int) -> Value { palette.value(number, isReversed: chance(0.5)) }
}

/// What the values of a random history look like.
enum Palette: CaseIterable {
    case numbers
    /// More than thirty-two bits apart, some below zero.
    case farNumbers
    case halves
    case keywords
    /// Every other one differs from its neighbour only by how an accent is written.
    case accents
    /// Bytes that are no UTF-8.
    case bytes
    case vectors
    case sets
    case maps

    /// The value of a number; sets in one order of their text or the other.
    func value(_ number: Int, isReversed: Bool) -> Value {
        switch self {
        case .numbers: return .int(number)
        case .farNumbers: return .int((number - 2) &* 0x1_0000_0001_0000)
        case .halves: return .double(Double(number) / 2)
        case .keywords: return .keyword("k\(number)")
        case .accents:
            return .string((number.isMultiple(of: 2) ? "\u{e1}" : "a\u{301}") + "\(number / 2)")
        case .bytes:
            return .string(
                Text(
                    bytes: [0xff, UInt8(number & 0x7f), 0xc0 | UInt8(number >> 7 & 0x3f)]
                        + Array("\(number)".utf8)))
        case .vectors: return [[.int(number)], "n"]
        case .sets:
            let elements = [Value.int(number), .keyword("n")]
            return .set(Value.Members(isReversed ? elements.reversed() : elements))
        case .maps:
            return .map(Value.Entries([.keyword("n"): .int(number), .keyword("a"): .int(1)]))
        }
    }
}
