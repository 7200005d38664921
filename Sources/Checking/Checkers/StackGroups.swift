// The bookkeeping of ``StackDecider``: which cores are left, which moments they cover, and which
// element of a group can be below the others. As groups become smaller, an element that can be
// pushed before its group begins can also be pushed before the smaller one that it is in then;
// so each of the two conditions is met once, by a look at the least push that has not met it, and
// at the greatest pop.

extension StackDecider {
    /// An element's core, and how far its push and its pop can move away from it.
    struct Stay {
        let core: Range<Int>
        let pushInvocation: Int
        let popCompletion: Int
    }

    /// Groups of elements whose cores cover an interval of moments, by number in the order of the
    /// cores' beginnings.
    struct Groups: ~Copyable {
        private let stays: [Stay]
        private var coverage: Coverage
        /// Per beginning: 0 if the element is left.
        private var left: LeastTree
        /// Per beginning: the push's invocation, until it is known to be early enough.
        private var pushes: LeastTree
        /// Per end: the pop's completion, negated, until it is known to be late enough.
        private var pops: LeastTree
        /// Per beginning: 0 if both are known.
        private var ready: LeastTree
        private var conditions: [UInt8]
        private let begins: [Int]
        private let ends: [Int]
        /// Elements in the order of their cores' ends.
        private let byEnd: [Int]

        init(_ stays: [Stay], moments: Int) {
            self.stays = stays
            begins = stays.map(\.core.lowerBound)
            byEnd = stays.indices.sorted {
                (stays[$0].core.upperBound, $0) < (stays[$1].core.upperBound, $1)
            }
            ends = byEnd.map { stays[$0].core.upperBound }
            coverage = Coverage(moments: moments)
            for stay in stays { coverage.add(1, to: stay.core) }
            left = LeastTree(stays.map { _ in 0 })
            pushes = LeastTree(stays.map(\.pushInvocation))
            pops = LeastTree(byEnd.map { -stays[$0].popCompletion })
            ready = LeastTree(stays.map { _ in .max })
            conditions = Array(repeating: 0, count: stays.count)
        }

        /// The elements of a group.
        func members(of cores: Range<Int>) -> [Int] {
            let range = numbers(cores)
            return range.filter { left[$0] == 0 }
        }

        private func numbers(_ cores: Range<Int>) -> Range<Int> {
            begins.partitioningIndex {
                $0 >= cores.lowerBound
            }..<begins.partitioningIndex { $0 >= cores.upperBound }
        }

        /// Takes away an element of the group that can be below all others; nil if none can.
        mutating func removeLowest(of cores: Range<Int>) -> Int? {
            let range = numbers(cores)
            while let number = pushes.least(in: range, below: cores.lowerBound + 1) {
                pushes[number] = .max
                meet(number)
            }
            let ended =
                ends.partitioningIndex {
                    $0 > cores.lowerBound
                }..<ends.partitioningIndex { $0 > cores.upperBound }
            while let place = pops.least(in: ended, below: 1 - cores.upperBound) {
                pops[place] = .max
                meet(byEnd[place])
            }
            guard let lowest = ready.least(in: range, below: 1) else { return nil }
            ready[lowest] = .max
            left[lowest] = .max
            coverage.add(-1, to: stays[lowest].core)
            return lowest
        }

        private mutating func meet(_ number: Int) {
            conditions[number] += 1
            if conditions[number] == 2 { ready[number] = 0 }
        }

        /// The groups that are left in an interval of moments.
        mutating func split(_ moments: Range<Int>) -> [Range<Int>] {
            var groups: [Range<Int>] = []
            var range = numbers(moments)
            while let first = left.first(in: range, below: 1) {
                let start = begins[first]
                let end = coverage.firstGap(from: start)
                groups.append(start..<end)
                range = numbers(end..<max(end, moments.upperBound))
            }
            return groups
        }
    }
}
