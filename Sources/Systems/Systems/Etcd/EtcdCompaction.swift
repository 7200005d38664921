/// When a member drops entries from its log in memory: a follower that lacks one of them needs a
/// snapshot.
///
/// A member makes a snapshot when it has applied more than `--snapshot-count` entries since the last
/// one, and keeps so many entries before that for followers that are slow
/// (<https://etcd.io/docs/v3.4/tuning/#snapshots>). The status does not say where its log begins; from
/// the two numbers follows where it begins at the earliest.
struct EtcdCompaction: Hashable, Sendable {
    /// Entries between snapshots; later versions have smaller defaults, and drop entries sooner.
    var interval: UInt64 = 100_000
    /// Entries that are kept for slow followers; not to be changed before 3.5.
    var kept: UInt64 = 5_000

    /// What a member's arguments say of it; where a flag stands twice, the last one counts.
    init(arguments: [String]) {
        for (place, argument) in arguments.enumerated() {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let next = place + 1 < arguments.count ? arguments[place + 1] : ""
            guard let flag = parts.first,
                let number = UInt64(parts.count == 2 ? parts[1] : next)
            else { continue }
            switch flag {
            case "--snapshot-count": interval = number
            case "--experimental-snapshot-catchup-entries", "--snapshot-catchup-entries":
                kept = number
            default: break
            }
        }
    }

    /// The last entry that a member certainly has no more, after it has applied so many; nil if it
    /// may have all of them.
    func dropped(afterApplying index: UInt64) -> UInt64? {
        // A batch of entries is applied as one: a snapshot may come so much later.
        let lag = interval + kept + Self.mostAtOnce
        return index > lag ? index - lag : nil
    }

    /// Entries that are applied as one are no more than this under the loads of this harness.
    private static let mostAtOnce: UInt64 = 256
}
