import Foundation
import Testing
import Topologies

@testable import Systems

@Suite struct `A change of etcd's members, step by step` {
    private let node = NodeName(number: 3)
    private let peers = (1...3).map { "http://10.77.0.\($0):2380" }

    /// As etcd 3.4 lists its members: a newcomer has no name until it has been started.
    private func members(_ numbers: [Int]) throws -> EtcdMembers {
        let members = numbers.map {
            #"{"ID":"88\#($0)","name":"","peerURLs":["\#(peers[$0 - 1])"],"clientURLs":["x"]}"#
        }
        let text = #"{"header":{"revision":"4"},"members":[\#(members.joined(separator: ","))]}"#
        return try JSONDecoder().decode(EtcdMembers.self, from: Data(text.utf8))
    }

    private func step(
        _ change: MemberChange, _ numbers: [Int], leader: Int = 1
    ) throws -> EtcdMemberStep {
        EtcdMemberStep(change, try members(numbers), leader: peers[leader - 1], of: peers[2])
    }

    @Test func `a member is asked out by its number, and is out`() throws {
        #expect(try step(.remove(node), [1, 2, 3]) == .remove(id: "883"))
        #expect(try step(.remove(node), [1, 2]) == .done)
    }

    @Test func `a newcomer comes by its address`() throws {
        #expect(try step(.add(node), [1, 2]) == .add(peer: peers[2]))
        #expect(try step(.add(node), [1, 2, 3]) == .done)
    }

    @Test func `a member that does not lead is let lead, and nobody who is none`() throws {
        let transfer = MemberChange.transferLeadership(to: node)
        #expect(try step(transfer, [1, 2, 3]) == .transfer(to: "883"))
        #expect(try step(transfer, [1, 2, 3], leader: 3) == .done)
        #expect(try step(transfer, [1, 2]) == .wait("it was no member"))
    }

    @Test func `the leader is asked as the gateway wants it`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let asked = [
            EtcdMemberStep.remove(id: "883"), .add(peer: peers[2]), .transfer(to: "883"),
        ].compactMap(\.request)
        #expect(
            try asked.map { $0.path + String(decoding: try encoder.encode($0.body), as: UTF8.self) }
                == [
                    #"/v3/cluster/member/remove{"ID":"883"}"#,
                    #"/v3/cluster/member/add{"peerURLs":["\#(peers[2])"]}"#,
                    #"/v3/maintenance/transfer-leadership{"targetID":"883"}"#,
                ])
        #expect(EtcdMemberStep.done.request == nil)
    }
}
