internal import Models

// A lock whose holders are known: each acquisition and the release by the same process form a
// block, and blocks must not interleave (``Zones``).

extension MutexModel.Call {
    fileprivate var process: Int {
        switch self {
        case .acquire(let process), .release(let process): process
        }
    }
}

/// Decides locks with owners, in linear time.
enum MutexDecider {
    /// Decides the track; not applicable to locks that anyone may release.
    static func decide(_ track: Track<MutexModel>) -> LinearFinding {
        guard track.model.hasOwners else { return .notApplicable }
        var zones = Zones(entries: track.entries.count, length: track.length)
        var held: [Int: Int] = [:]
        var retired: Set<Int> = []
        for (place, entry) in track.entries.enumerated() {
            let process = entry.call.process
            // A process that goes on after a crash has more pasts than this decider follows.
            guard !retired.contains(process) else { return .notApplicable }
            if entry.isUnknown { retired.insert(process) }
            switch entry.call {
            case .acquire:
                // A crashed acquisition, without a release, need not have happened.
                if entry.isUnknown { continue }
                if let earlier = held.updateValue(place, forKey: process) {
                    return .contradiction(Conflict(.notReleased, culprit: place, missed: earlier))
                }
            case .release:
                guard let acquisition = held.removeValue(forKey: process) else {
                    // A crashed release of a lock that its process does not hold never happens.
                    if entry.isUnknown { continue }
                    return .contradiction(Conflict(.notHeld, culprit: place))
                }
                zones.begin()
                zones.append(acquisition, track.entries[acquisition])
                zones.append(place, entry)
            }
        }
        for acquisition in held.values {
            zones.begin()
            zones.append(acquisition, track.entries[acquisition])
            zones.holdNewest()
        }
        switch zones.order() {
        case .success(let order): return .order(order)
        case .failure(let clash):
            return .contradiction(
                Conflict(
                    .overlap, culprit: clash.other.entries[0], missed: clash.one.entries[0],
                    clash.one.entries + clash.other.entries))
        }
    }
}
