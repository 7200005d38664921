import Generators
import Testing

@testable import Raft

/// What must hold for anything that can be drawn, against definitions that are slow and plain.
@Suite struct `Properties` {
    private static func servers(_ numbers: ClosedRange<UInt64>) -> [ServerID] {
        numbers.map(ServerID.init)
    }

    private static func membership(using random: inout SplitMix64) -> Membership {
        func some(_ most: Int) -> Set<ServerID> {
            Set(
                servers(1...7).shuffled(using: &random)
                    .prefix(Int.random(in: 1...most, using: &random)))
        }
        return Membership(
            voters: some(7), outgoing: Bool.random(using: &random) ? some(7) : [], learners: [])
    }

    @Test func `a majority has reached an index, and no majority a higher one`() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<20_000 {
            let members = Self.membership(using: &random)
            let matched = Dictionary(
                uniqueKeysWithValues: Self.servers(1...7).map {
                    ($0, LogIndex.random(in: 0...5, using: &random))
                })
            func reached(_ index: LogIndex) -> Bool {
                members.isMajority(Set(matched.filter { $0.value >= index }.keys))
            }
            let index = members.majorityIndex { matched[$0] ?? 0 }
            #expect(reached(index))
            #expect(!reached(index + 1))
        }
    }

    @Test func `two majorities of the same members share a server, joint ones too`() {
        var random = SplitMix64(seed: 12)
        var compared = 0
        for _ in 0..<50_000 {
            let members = Self.membership(using: &random)
            let sets = (0..<2).map { _ in
                Set(
                    Self.servers(1...7).shuffled(using: &random)
                        .prefix(Int.random(in: 0...7, using: &random)))
            }
            guard sets.allSatisfy(members.isMajority) else { continue }
            compared += 1
            #expect(!sets[0].intersection(sets[1]).isDisjoint(with: members.voters))
            if members.isJoint {
                #expect(!sets[0].intersection(sets[1]).isDisjoint(with: members.outgoing))
            }
        }
        #expect(compared > 1_000)
    }

    @Test func `the log is what a plain list of its entries is`() {
        var random = SplitMix64(seed: 13)
        for _ in 0..<500 {
            var list: [Entry] = []
            var start = (index: LogIndex(0), term: Term(0))
            var log = Log(
                snapshot: Snapshot(
                    index: 0, term: 0, membership: Membership(voters: [ServerID(1)]), data: []))
            for _ in 0..<60 {
                let last = list.last?.index ?? start.index
                switch Int.random(in: 0..<8, using: &random) {
                case 0 where !list.isEmpty:
                    let from = LogIndex.random(in: (start.index + 1)...last, using: &random)
                    log.removeEntries(from: from)
                    list.removeAll { $0.index >= from }
                case 1:
                    let index = LogIndex.random(in: (start.index + 1)...(last + 3), using: &random)
                    let there = list.first { $0.index == index }?.term
                    let term = Bool.random(using: &random) ? there ?? 99 : 99
                    log.restore(
                        Snapshot(
                            index: index, term: term, membership: Membership(voters: [ServerID(2)]),
                            data: []))
                    list = there == term ? list.filter { $0.index > index } : []
                    start = (index, term)
                default:
                    let term =
                        max(list.last?.term ?? start.term, 1)
                        + Term.random(in: 0...1, using: &random)
                    let isMembers = Int.random(in: 0..<6, using: &random) == 0
                    let entry = Entry(
                        term: term, index: last + 1,
                        isMembers
                            ? .membership(Membership(voters: [ServerID(last + 10)])) : .nothing)
                    log.append(entry)
                    list.append(entry)
                }
                Self.compare(log, list, start)
            }
        }
    }

    private static func compare(
        _ log: Log, _ list: [Entry], _ start: (index: LogIndex, term: Term)
    ) {
        #expect(log.entries == list)
        #expect(log.lastIndex == list.last?.index ?? start.index)
        #expect(log.lastTerm == list.last?.term ?? start.term)
        #expect(log.term(at: start.index) == start.term)
        for entry in list {
            #expect(log.term(at: entry.index) == entry.term)
            let first = list.first { $0.term == entry.term }?.index
            #expect(log.firstIndex(ofTermAt: entry.index) == first)
            let last = list.last { $0.term == entry.term }?.index
            #expect(log.lastIndex(ofTerm: entry.term) == last)
        }
        let members = list.last(where: \.isMembership)
        #expect(log.membership.index == members?.index ?? start.index)
        if case .membership(let value)? = members?.payload {
            #expect(log.membership.value == value)
        } else {
            #expect(log.membership.value == log.snapshot.membership)
        }
    }

    @Test func `whatever is repeated in whatever order, each command is applied once`() {
        var random = SplitMix64(seed: 14)
        for _ in 0..<2_000 {
            var sessions = Sessions<Int>(atMost: 3)
            for name in UInt64(1)...3 { sessions.open(name, at: name) }
            var applied: [UInt64: [UInt64]] = [:]
            for index in LogIndex(4)...60 {
                let name = UInt64.random(in: 1...3, using: &random)
                let last = applied[name]?.last ?? 0
                let sequence = UInt64.random(in: max(last, 2) - 1...last + 1, using: &random)
                let outcome = sessions.apply(name, sequence, at: index) {
                    applied[name, default: []].append(sequence)
                    return Int(sequence)
                }
                #expect(
                    outcome == (sequence >= last && sequence > 0 ? .applied(Int(sequence)) : .stale)
                )
            }
            for sequences in applied.values { #expect(sequences == Array(Set(sequences)).sorted()) }
        }
    }
}
