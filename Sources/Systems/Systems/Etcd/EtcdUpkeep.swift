internal import Faults
internal import Foundation
internal import Histories

/// Works that etcd's nodes do when an operator asks.
enum EtcdUpkeep {
    private struct Compaction: Encodable {
        let revision: String
    }

    /// A large database takes a while; under a load as runs make it, some milliseconds.
    private static let limit = Duration.seconds(5)

    static func perform(
        _ work: Upkeep, at base: String, _ link: HTTPLink
    ) async -> UpkeepAnswer {
        switch work {
        case .defragment:
            return await ask(base + "/v3/maintenance/defragment", Empty(), "defragmented", link)
        case .compact:
            guard let revision = await EtcdStatus(of: base, link)?.revision else {
                return .refused("it does not say its revision")
            }
            return await ask(
                base + "/v3/kv/compaction", Compaction(revision: "\(revision)"),
                "compacted up to revision \(revision)", link)
        }
    }

    private static func ask(
        _ url: String, _ request: some Encodable, _ words: String, _ link: HTTPLink
    ) async -> UpkeepAnswer {
        do {
            let reply = try await link.post(url, request, timeout: limit)
            guard reply.status == 200 else {
                return .refused(EtcdGateway.quote(reply.body))
            }
            return .done(words)
        } catch {
            switch HTTPLink.completion(of: error) {
            case .fail(let why): return .refused("\(why)")
            case let other: return .interrupted("\(other)")
            }
        }
    }
}
