import Foundation
import Logging
import Raft
import RaftMutants
import RaftNode
import RaftStorage
import Synchronization
import Wire

/// A mutant in a real node: the core with its rules, and its embedder's bug around the core.
///
/// Used by one node, on its event loop.
final class PlantedBug: @unchecked Sendable {
    private let mutant: Mutant
    private let log: Logger
    private var random = SystemRandomNumberGenerator()
    private var applied: LogIndex?
    private var proposed: [UInt64: LogIndex] = [:]
    private var seen: [Command.Stamp] = []
    private var base: (any Disk)?
    private var overruled: LogIndex?
    private var meddling: Meddling?
    private var proposals: MistakenProposals?

    init(_ mutant: Mutant, _ log: Logger) {
        self.mutant = mutant
        self.log = log
        log.warning("planted", metadata: ["mutant": "\(mutant.id)", "what": "\(mutant.title)"])
        meddling = Meddling(mutant.bug, deviated: deviated)
        proposals = MistakenProposals(mutant.bug, deviated)
    }

    var rules: any Rules { mutant.rules(Deviation(deviated)) }

    /// Says that it does what a right server would not.
    private func deviated() { log.warning("deviates", metadata: ["mutant": "\(mutant.id)"]) }

    /// The disk, or one that is used in a wrong way.
    func disk(_ disk: any Disk) throws -> any Disk {
        base = disk
        if mutant.bug == .wipedAtCrash, try ForgottenFolder(disk).restore() { deviated() }
        let mistake: MistakenDisk.Mistake
        switch mutant.bug {
        case .carriesOutBeforeSync: mistake = .skipsSyncs
        case .skipsFolderSyncs: mistake = .skipsFolderSyncs
        case .ignoresFailedSyncs: mistake = .ignoresFailedSyncs
        case .skipsChecksums: mistake = .skipsChecksums
        case .keepsTornTail: mistake = .acceptsTornTails
        default: return disk
        }
        return MistakenDisk(disk, mistake, deviated)
    }

    /// The node has its folder, and has promised nothing yet.
    func hasOpened() throws {
        guard mutant.bug == .wipedAtCrash, let base else { return }
        try ForgottenFolder(base).keep()
    }

    /// The options, with leases where the bug is one of leases.
    func options(_ options: NodeOptions) -> NodeOptions {
        guard mutant.bug == .leasesByWallClock || mutant.bug == .leasesByAnyClock else {
            return options
        }
        deviated()
        var options = options
        options.hasLeases = true
        return options
    }

    /// The time by which the node measures time-outs and leases.
    ///
    /// A wall clock that was put back stands still until it has caught up, as far as anybody can see
    /// who waits for a moment.
    var now: @Sendable () -> Duration {
        guard mutant.bug == .leasesByWallClock else { return { Self.time(CLOCK_MONOTONIC) } }
        let latest = Mutex(Duration.zero)
        return {
            latest.withLock { latest in
                latest = max(latest, Self.time(CLOCK_REALTIME))
                return latest
            }
        }
    }

    private static func time(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    func step(_ server: inout Server, _ event: Event) -> [Effect] {
        if mutant.bug == .snapshotsIndexEarlier, case .compact(let index, let data) = event {
            return nameEarlier(index, data, on: &server)
        }
        let wasLeader = server.isLeader
        let event = (wasLeader ? proposals?.mistaken(event) : nil) ?? event
        let effects =
            meddling?.step(&server, event) { $0.step($1, using: &random) }
            ?? server.step(event, using: &random)
        proposals?.note(effects)
        switch mutant.bug {
        case .answersOnceProposed: return applyEarly(effects, server)
        case .forgetsSessions: return effects.map(forgetSessions)
        case .refusesWhenDeposed: return refuse(effects, isDeposed: wasLeader && !server.isLeader)
        default: return effects
        }
    }

    /// The snapshot says that it ends one entry before it does, so that this entry is applied again
    /// to a state that has it; once in a life, for the server takes the right one for saved.
    private func nameEarlier(
        _ index: LogIndex, _ data: [UInt8], on server: inout Server
    ) -> [Effect] {
        if let overruled {
            // The one that was saved under the right index, which would be found first.
            let digits = String(overruled, radix: 16)
            let zeros = String(repeating: "0", count: 16 - digits.count)
            try? base?.remove("snapshot-" + zeros + digits)
            self.overruled = nil
        }
        guard index > 1 else { return [] }
        let effects = server.step(.compact(upTo: index - 1, data: data), using: &random)
        if !effects.isEmpty {
            deviated()
            overruled = index
        }
        return effects
    }

    /// A leader applies all of its log at once; what is committed later has been applied already.
    private func applyEarly(_ right: [Effect], _ server: Server) -> [Effect] {
        var done = applied ?? server.log.snapshot.index
        var effects: [Effect] = []
        for effect in right {
            switch effect {
            case .apply(let entries):
                let fresh = entries.filter { $0.index > done }
                done = max(done, entries.last?.index ?? 0)
                if !fresh.isEmpty { effects.append(.apply(fresh)) }
            case .restore(let snapshot):
                done = snapshot.index
                effects.append(effect)
            default: effects.append(effect)
            }
        }
        let behind = done
        let early = server.log.entries.filter { $0.index > behind }
        if server.isLeader, let last = early.last?.index {
            deviated()
            effects.append(.apply(early))
            done = last
        }
        applied = done
        return effects
    }

    /// Commands lose their stamps, so that the machine takes each for a new one.
    private func forgetSessions(_ effect: Effect) -> Effect {
        guard case .apply(let entries) = effect else { return effect }
        return .apply(
            entries.map { entry in
                guard case .command(let bytes) = entry.payload,
                    case .call(let key, let call, let stamp?)? = try? Command(bytes)
                else { return entry }
                if seen.contains(stamp) { deviated() }
                seen = seen.suffix(1_000) + [stamp]
                return Entry(
                    term: entry.term, index: entry.index,
                    .command(Command.call(key: key, call, nil).bytes))
            })
    }

    /// Who leads no more says that nothing came of what stands in its log.
    private func refuse(_ effects: [Effect], isDeposed: Bool) -> [Effect] {
        for case .proposed(let request, let index, _) in effects { proposed[request] = index }
        for case .apply(let entries) in effects {
            guard let last = entries.last?.index else { continue }
            proposed = proposed.filter { $0.value > last }
        }
        guard isDeposed, !proposed.isEmpty else { return effects }
        deviated()
        defer { proposed = [:] }
        return effects
            + proposed.keys.sorted().map { .refused(request: $0, .notLeader(hint: nil)) }
    }
}
