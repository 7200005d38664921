import Results
import Systems
import Testing
import Topologies

@testable import Runner

/// Whether nodes have the same state, as far as they say.
@Suite struct `The agreement of nodes` {
    private let nodes = (1...3).map(NodeName.init)

    private func findings(_ states: [(index: UInt64, hash: UInt64)?]) -> [Finding] {
        var known: [NodeName: StateAtRest] = [:]
        for (node, state) in zip(nodes, states) {
            known[node] = state.map {
                StateAtRest(index: $0.index, parts: ["state": "\($0.hash)"])
            }
        }
        return Cluster.disagreements(known, of: nodes)
    }

    @Test func `the same state after the same entries is no finding`() {
        #expect(findings([(7, 1), (7, 1), (7, 1)]).isEmpty)
    }

    @Test func `another state after the same entries is`() {
        let found = findings([(7, 1), (7, 2), (7, 1)])
        #expect(found.map(\.kind) == [.divergedState])
        #expect(found.map(\.node) == [nodes[1]])
    }

    @Test func `so is a node that lags though nobody writes`() {
        let found = findings([(7, 1), (7, 1), (6, 9)])
        #expect(found.map(\.kind) == [.notServing])
        #expect(found.map(\.node) == [nodes[2]])
    }

    @Test func `silence is no agreement, not even that of all`() {
        #expect(findings([(7, 1), nil, (7, 1)]).map(\.node) == [nodes[1]])
        #expect(findings([nil, nil, nil]).map(\.node) == nodes)
    }

    @Test func `parts are compared where both have them, and named where they differ`() {
        let found = Cluster.disagreements(
            [
                nodes[0]: StateAtRest(
                    index: 7, parts: ["revision": "5", "hash since revision 3": "1"]),
                nodes[1]: StateAtRest(
                    index: 7, parts: ["revision": "5", "hash since revision 2": "9"]),
                nodes[2]: StateAtRest(
                    index: 7, parts: ["revision": "6", "hash since revision 3": "1"]),
            ], of: nodes)
        #expect(found.map(\.node) == [nodes[2]])
        #expect(found.first?.detail.hasSuffix("entries: revision 6 and not 5") == true)
    }
}

/// What the end of a run says of nodes that do not serve.
@Suite struct `The recovery of nodes` {
    private let nodes = Topology(nodeCount: 3, base: IPv4Address(number: 0x0a4d_0000)).nodes

    @Test(.timeLimit(.minutes(1)))
    func `one node that never serves does not take the others' time`() async {
        let (others, asked) = AsyncStream<NodeName>.makeStream()
        let silent = await Cluster.silent(of: nodes) { node in
            guard node.name.number == 1 else {
                asked.yield(node.name)
                return true
            }
            // It gives up only when both others have been asked.
            var seen: Set<NodeName> = []
            for await other in others where seen.insert(other).inserted && seen.count == 2 { break }
            return false
        }
        #expect(silent.map(\.name) == [nodes[0].name])
    }
}
