internal import Foundation
internal import Labs
internal import Logging
internal import Stores
internal import Topologies

/// What a run does when the first thing that is wrong has been told.
public enum AtFirstViolation: Hashable, Sendable {
    /// Goes on to its planned end.
    case goOn
    /// Ends there: no final reads, no wait for recovery.
    case end
    /// Freezes the cluster with its faults as they are, says how to look at it, and ends when the
    /// run is stopped. `outside` is the process that a shell of the machine sees.
    case keepAlive(outside: Int32?)

    /// Whether the run ends before its planned end.
    var ends: Bool { self != .goOn }
}

/// The signals of a load: when clients stop, when faults stop where they are, when they heal.
struct LoadSignals: Sendable {
    /// Clients invoke nothing more.
    let load = StopSignal()
    /// Nothing is struck and nothing healed any more.
    let hold = StopSignal()
    /// Everything is healed.
    let faults = StopSignal()

    /// Everything comes to its end.
    func stopAll() {
        load.stop()
        faults.stop()
    }
}

extension Run {
    /// Does what is to be done at the first thing that is wrong; until it is cancelled.
    func react(to judge: EarlyJudge, on cluster: Cluster, _ signals: LoadSignals) async {
        guard atFirst.ends, await judge.first.wait() else { return }
        log.notice("something is wrong: the run ends here, as was asked for")
        if case .keepAlive = atFirst {
            signals.hold.stop()
            await cluster.freeze(log)
            signals.load.stop()
        } else {
            signals.stopAll()
        }
    }

    /// Keeps a frozen cluster until the run is stopped, for a person to look at it.
    func keepAlive(_ cluster: Cluster, _ signals: LoadSignals) async {
        guard case .keepAlive(let outside) = atFirst, signals.hold.isStopped else { return }
        tally.note(phase: .frozen)
        for line in await cluster.waysToLook(outside: outside, folder: folder.path) {
            tally.tell(line)
        }
        await stop.wait()
        await cluster.thaw(log)
        signals.faults.stop()
    }
}

extension Cluster {
    /// Freezes every node that runs, at once.
    func freeze(_ log: Logger) async {
        await withTaskGroup { group in
            for node in network.topology.names {
                group.addTask { [self] in
                    guard case .up = await process(of: node).state else { return }
                    do {
                        try await process(of: node).pause()
                        noteFrozen(node)
                    } catch {
                        log.error("\(node) could not be frozen: \(error)")
                    }
                }
            }
        }
    }

    /// Lets those go on that `freeze` has frozen; a fault's own are the fault's.
    func thaw(_ log: Logger) async {
        for node in takeFrozen() {
            do {
                try await process(of: node).resume()
            } catch {
                log.error("\(node) could not go on: \(error)")
            }
        }
    }

    /// How a person looks at each node: a line each.
    func waysToLook(outside: Int32?, folder: String) async -> [String] {
        var lines = ["the cluster is frozen as it is, faults and all; Ctrl-C ends it"]
        if let outside {
            lines.append(
                "a shell in the lab: nsenter --all --preserve-credentials --target "
                    + "$(pgrep -P $(pgrep -P \(outside))) sh")
        }
        for node in network.topology.nodes {
            let what =
                switch await process(of: node.name).state {
                case .down: "down"
                case .up(let number): "process \(number) of the lab, running"
                case .paused(let number):
                    "process \(number) of the lab, frozen (there: kill -CONT \(number); "
                        + "ip netns exec \(node.name) sh; gdb -p \(number))"
                }
            lines.append(
                "\(node.name) at \(node.address): \(what); logs and data in "
                    + "\(folder)/nodes/\(node.name)")
        }
        return lines
    }
}
