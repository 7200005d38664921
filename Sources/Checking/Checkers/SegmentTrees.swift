/// Numbers in a row, with the least one of any part in logarithmic time.
struct LeastTree {
    private var nodes: [Int]
    private let size: Int

    init(_ numbers: [Int]) {
        var size = 1
        while size < numbers.count { size *= 2 }
        self.size = size
        nodes = Array(repeating: .max, count: 2 * size)
        for (place, number) in numbers.enumerated() { nodes[size + place] = number }
        for node in (1..<size).reversed() {
            nodes[node] = min(nodes[2 * node], nodes[2 * node + 1])
        }
    }

    subscript(place: Int) -> Int {
        get { nodes[size + place] }
        set {
            var node = size + place
            nodes[node] = newValue
            while node > 1 {
                node /= 2
                nodes[node] = min(nodes[2 * node], nodes[2 * node + 1])
            }
        }
    }

    /// The place of a number below the bound, the first one.
    func first(in range: Range<Int>, below bound: Int) -> Int? {
        find(1, 0..<size, range, bound)
    }

    /// The place of some number below the bound.
    func least(in range: Range<Int>, below bound: Int) -> Int? { first(in: range, below: bound) }

    private func find(
        _ node: Int, _ span: Range<Int>, _ range: Range<Int>, _ bound: Int
    ) -> Int? {
        guard span.overlaps(range), nodes[node] < bound else { return nil }
        guard span.count > 1 else { return span.lowerBound }
        let middle = span.lowerBound + span.count / 2
        return find(2 * node, span.lowerBound..<middle, range, bound)
            ?? find(2 * node + 1, middle..<span.upperBound, range, bound)
    }
}

/// How many intervals cover each moment, with the next uncovered one in logarithmic time.
struct Coverage {
    /// Per node: the least coverage of its span, without what was added to spans around it.
    private var least: [Int32]
    private var added: [Int32]
    private let size: Int

    init(moments: Int) {
        var size = 1
        while size < moments { size *= 2 }
        self.size = size
        least = Array(repeating: 0, count: 2 * size)
        added = least
    }

    mutating func add(_ count: Int32, to moments: Range<Int>) {
        guard !moments.isEmpty else { return }
        add(count, moments, 1, 0..<size)
    }

    private mutating func add(
        _ count: Int32, _ moments: Range<Int>, _ node: Int, _ span: Range<Int>
    ) {
        guard span.overlaps(moments) else { return }
        if span.lowerBound >= moments.lowerBound, span.upperBound <= moments.upperBound {
            least[node] += count
            added[node] += count
            return
        }
        let middle = span.lowerBound + span.count / 2
        add(count, moments, 2 * node, span.lowerBound..<middle)
        add(count, moments, 2 * node + 1, middle..<span.upperBound)
        least[node] = min(least[2 * node], least[2 * node + 1]) + added[node]
    }

    /// The first uncovered moment from one on; the number of moments if there is none.
    func firstGap(from moment: Int) -> Int { find(moment, 1, 0..<size, 0) ?? size }

    private func find(
        _ moment: Int, _ node: Int, _ span: Range<Int>, _ above: Int32
    ) -> Int? {
        guard span.upperBound > moment, least[node] + above == 0 else { return nil }
        guard span.count > 1 else { return span.lowerBound }
        let middle = span.lowerBound + span.count / 2
        return find(moment, 2 * node, span.lowerBound..<middle, above + added[node])
            ?? find(moment, 2 * node + 1, middle..<span.upperBound, above + added[node])
    }
}
