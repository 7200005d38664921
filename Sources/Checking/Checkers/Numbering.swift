internal import Histories

/// Gives values small numbers, in the order of their first appearance.
///
/// Histories mostly count their values up from 0 or 1: such integers are looked up in an array,
/// which is as fast for ten million of them as for ten; all others in dictionaries.
struct Numbering {
    private static let none: Int32 = -1

    private var dense: [Int32] = []
    private var integers: [Int: Int32] = [:]
    private var others: [Value: Int32] = [:]
    /// How many values have a number.
    private(set) var count = 0

    /// The number of a value, if it has one.
    func known(_ value: Value) -> Int? {
        let number: Int32?
        if case .int(let integer) = value {
            number = dense.indices.contains(integer) ? dense[integer] : integers[integer]
        } else {
            number = others[value]
        }
        return number.flatMap { $0 == Self.none ? nil : Int($0) }
    }

    /// The number of a value, a new one if it has none.
    mutating func number(of value: Value) -> Int {
        if let known = known(value) { return known }
        let number = count
        count += 1
        guard case .int(let integer) = value else {
            others[value] = Int32(number)
            return number
        }
        // Wherever the array reaches, an integer is looked for there and nowhere else.
        if integer >= 0, integer < max(dense.count, 4 * count + 1_024) {
            // What is a little ahead of the others comes into the array with them.
            if integer >= dense.count { grow(to: max(integer + 1, 2 * dense.count)) }
            dense[integer] = Int32(number)
        } else {
            integers[integer] = Int32(number)
        }
        return number
    }

    private mutating func grow(to size: Int) {
        let old = dense.count
        dense.append(contentsOf: repeatElement(Self.none, count: size - old))
        // Integers that were too far ahead once would now be looked for in the array.
        for (integer, number) in integers where (old..<size).contains(integer) {
            dense[integer] = number
            integers[integer] = nil
        }
    }
}
