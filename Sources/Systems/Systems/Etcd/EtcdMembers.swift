internal import Foundation
internal import Synchronization
internal import Topologies

/// What etcd's member API says of its members
/// (<https://etcd.io/docs/v3.4/op-guide/runtime-configuration/>).
struct EtcdMembers: Decodable, Hashable {
    /// One of them.
    struct Member: Decodable, Hashable {
        /// Its number, which etcd writes as text; a member that is replaced gets another.
        let id: String
        let peers: [String]

        enum CodingKeys: String, CodingKey {
            case id = "ID"
            case peers = "peerURLs"
        }
    }

    let members: [Member]

    /// The member whose peers find it there.
    func member(at peer: String) -> Member? { members.first { $0.peers.contains(peer) } }

    /// Asks the member at an address; nil if it does not answer in time.
    static func of(_ base: String, _ link: HTTPLink) async -> EtcdMembers? {
        guard
            let reply = try? await link.post(
                base + "/v3/cluster/member/list", Empty(), timeout: .seconds(1)),
            reply.status == 200
        else { return nil }
        return try? JSONDecoder().decode(Self.self, from: Data(reply.body))
    }
}

/// What is asked of the leader for a change.
enum EtcdMemberStep: Hashable {
    /// It is so already.
    case done
    /// The member of this number is to go.
    case remove(id: String)
    /// A member at this address is to come.
    case add(peer: String)
    /// The member of this number is to lead.
    case transfer(to: String)
    /// Nothing yet.
    case wait(String)

    /// What a change still needs, by the members that the leader knows.
    ///
    /// - Parameters:
    ///   - change: what is wanted.
    ///   - members: who belongs to the cluster.
    ///   - leader: the address of the leader for its peers.
    ///   - peer: the address of the node that the change is about.
    init(_ change: MemberChange, _ members: EtcdMembers, leader: String, of peer: String) {
        let member = members.member(at: peer)
        switch (change, member) {
        case (.remove, let member?): self = .remove(id: member.id)
        case (.remove, nil), (.add, _?): self = .done
        case (.add, nil): self = .add(peer: peer)
        case (.transferLeadership, _) where leader == peer: self = .done
        case (.transferLeadership, let member?): self = .transfer(to: member.id)
        case (.transferLeadership, nil): self = .wait("it was no member")
        case (.dismiss, _): self = .wait("etcd changes one member at a time")
        }
    }

    /// The call of the API and what it is told; nil if there is nothing to ask.
    var request: (path: String, body: [String: EtcdMemberValue])? {
        switch self {
        case .done, .wait: nil
        case .remove(let id): ("/v3/cluster/member/remove", ["ID": .text(id)])
        case .add(let peer): ("/v3/cluster/member/add", ["peerURLs": .texts([peer])])
        case .transfer(let id): ("/v3/maintenance/transfer-leadership", ["targetID": .text(id)])
        }
    }
}

/// What a request of the member API holds.
enum EtcdMemberValue: Encodable, Hashable {
    case text(String)
    case texts([String])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .texts(let texts): try container.encode(texts)
        }
    }
}

/// Nodes that have come back as new members, with the members that they were told of then.
final class EtcdNewcomers: Sendable {
    private let clusters = Mutex<[NodeName: [String]]>([:])

    func note(_ node: NodeName, cluster: [String]) {
        clusters.withLock { $0[node] = cluster }
    }

    /// The members that a node is started with; nil for one that was there from the beginning.
    func cluster(of node: NodeName) -> [String]? { clusters.withLock { $0[node] } }
}
