internal import Foundation

/// What a member's status endpoint says, which answers without a leader too.
struct EtcdStatus: Decodable {
    private struct Header: Decodable {
        let member: String
        let revision: String?
        enum CodingKeys: String, CodingKey {
            case revision
            case member = "member_id"
        }
    }
    private let header: Header
    private let leader: String?
    private let raftTerm: String
    private let raftAppliedIndex: String?

    /// Whether it takes itself for the leader.
    var isLeader: Bool { leader == header.member }
    /// Its term.
    var term: Int? { Int(raftTerm) }
    /// The index of the last entry that it has applied.
    var applied: UInt64? { raftAppliedIndex.flatMap { UInt64($0) } }

    /// The revision of its store.
    var revision: Int? { header.revision.flatMap { Int($0) } }

    /// Asks a member; nil if it does not answer in time.
    init?(of base: String, _ link: HTTPLink) async {
        guard
            let reply = try? await link.post(
                base + "/v3/maintenance/status", Empty(), timeout: .milliseconds(500)),
            reply.status == 200,
            let status = try? JSONDecoder().decode(Self.self, from: Data(reply.body))
        else { return nil }
        self = status
    }
}

/// The hash of what a member's store holds, as its peers ask for it: versions up to 3.5 do not offer
/// HashKV to clients that speak JSON.
struct EtcdHash: Decodable {
    private struct Header: Decodable {
        let revision: Int
    }
    private let header: Header
    private let hash: UInt32
    private let compacted: Int?

    enum CodingKeys: String, CodingKey {
        case header, hash
        case compacted = "compact_revision"
    }

    /// The revision, and the hash of everything since the last compaction: two hashes can be
    /// compared only if they begin at the same revision.
    var parts: [String: String] {
        [
            "revision": "\(header.revision)",
            "hash since revision \(max(0, compacted ?? 0))": "\(hash)",
        ]
    }

    /// Asks a member at its address for peers; nil if it does not answer in time.
    init?(of peer: String, _ link: HTTPLink) async {
        guard
            let reply = try? await link.send(
                "GET", peer + "/members/hashkv", body: Array(#"{"revision":0}"#.utf8),
                timeout: .seconds(5)),
            reply.status == 200,
            let hash = try? JSONDecoder().decode(Self.self, from: Data(reply.body))
        else { return nil }
        self = hash
    }
}
