import Results
import Systems
import Testing
import Topologies

@testable import Runner

/// Whether nodes have the same state, as far as they say.
@Suite struct `The agreement of nodes` {
    private let nodes = (1...3).map(NodeName.init)

    private func findings(_ states: [(index: UInt64, hash: UInt64)?]) -> [Finding] {
        var known: [NodeName: NodeStatus.Applied] = [:]
        for (node, state) in zip(nodes, states) {
            known[node] = state.map { NodeStatus.Applied(index: $0.index, hash: $0.hash) }
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
}
