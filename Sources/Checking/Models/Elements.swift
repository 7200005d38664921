public import Histories

/// A set of values that takes a bit for each of many integers that stand close together.
///
/// Histories mostly count their elements up: sixty-four neighbours share one word, so that ten
/// million of them take up a few megabytes, which caches hold. Equal sets have equal contents,
/// whatever the order in which they grew.
public struct Elements: Hashable, Sendable {
    /// Bits of the integers from 64 n to 64 n + 63, by n; never zero.
    private var words: [Int: UInt64] = [:]
    private var others: Set<Value> = []
    /// How many values there are.
    public private(set) var count = 0
    /// Whether there is none.
    public var isEmpty: Bool { count == 0 }

    /// The values, each once.
    ///
    /// Linear.
    public init(_ values: some Sequence<Value>) {
        for value in values { insert(value) }
    }

    /// Adds a value; nothing changes if it is there.
    public mutating func insert(_ value: Value) {
        guard case .int(let integer) = value else {
            if others.insert(value).inserted { count += 1 }
            return
        }
        let bit = UInt64(1) << (integer & 63)
        let old = words[integer >> 6, default: 0]
        guard old & bit == 0 else { return }
        words[integer >> 6] = old | bit
        count += 1
    }

    /// Whether all of these are among the other ones.
    public func isSubset(of larger: Elements) -> Bool {
        guard count <= larger.count, others.isSubset(of: larger.others) else { return false }
        return words.allSatisfy { place, bits in bits & ~larger.words[place, default: 0] == 0 }
    }

    /// Whether the value is there.
    public func contains(_ value: Value) -> Bool {
        guard case .int(let integer) = value else { return others.contains(value) }
        return words[integer >> 6, default: 0] & 1 << (integer & 63) != 0
    }

    /// Calls the body with each value, integers in growing order first, until it says false.
    ///
    /// - Returns: whether the body never said false.
    public func allSatisfy(_ body: (Value) -> Bool) -> Bool {
        for place in words.keys.sorted() {
            var bits = words[place, default: 0]
            while bits != 0 {
                guard body(.int(place << 6 | bits.trailingZeroBitCount)) else { return false }
                bits &= bits - 1
            }
        }
        return others.allSatisfy(body)
    }

    /// The values: integers in growing order, then others in the order of all values.
    public var sorted: [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        _ = allSatisfy {
            values.append($0)
            return true
        }
        let integers = count - others.count
        return values[..<integers] + values[integers...].sorted()
    }
}

extension Elements: ExpressibleByArrayLiteral {
    /// The values, each once.
    public init(arrayLiteral values: Value...) { self.init(values) }
}
