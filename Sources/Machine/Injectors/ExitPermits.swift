internal import Foundation
internal import Synchronization
public import Topologies

/// When nodes may end by themselves, and say in their logs that they panic: while their disk fails
/// them, that is the right thing to do.
public final class ExitPermits: Sendable {
    /// One time of one node.
    private struct Permit {
        var start: ContinuousClock.Instant
        var end: ContinuousClock.Instant?
        /// How long its logs were then.
        var startBytes: [String: UInt64]
        var endBytes: [String: UInt64]?
    }

    /// The logs that are searched for panics, in a node's folder.
    public let logs: [String]

    private let folders: [NodeName: String]
    private let permits = Mutex<[NodeName: [Permit]]>([:])

    /// No permits yet for nodes whose logs are in these folders, and have these names.
    public init(folders: [NodeName: String], logs: [String]) {
        self.folders = folders
        self.logs = logs
    }

    /// From now on a node may end by itself.
    public func grant(_ node: NodeName) {
        let permit = Permit(start: .now, startBytes: logSizes(of: node))
        permits.withLock { $0[node, default: []].append(permit) }
    }

    /// From now on a node may not end by itself any more.
    public func revoke(_ node: NodeName) {
        let sizes = logSizes(of: node)
        permits.withLock { permits in
            guard let last = permits[node]?.indices.last else { return }
            permits[node]?[last].end = .now
            permits[node]?[last].endBytes = sizes
        }
    }

    /// Whether a node was permitted to end then.
    public func cover(_ node: NodeName, at instant: ContinuousClock.Instant) -> Bool {
        permits.withLock { permits in
            permits[node, default: []].contains {
                $0.start <= instant && instant <= ($0.end ?? .now)
            }
        }
    }

    /// Whether a byte of a node's log was written while it was permitted to end.
    public func cover(_ log: String, at offset: UInt64, of node: NodeName) -> Bool {
        permits.withLock { permits in
            permits[node, default: []].contains {
                $0.startBytes[log, default: 0] <= offset
                    && offset < ($0.endBytes.map { $0[log, default: 0] } ?? .max)
            }
        }
    }

    private func logSizes(of node: NodeName) -> [String: UInt64] {
        let folder = folders[node] ?? ""
        return Dictionary(
            uniqueKeysWithValues: logs.map { log in
                let path = folder + "/" + log
                let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64
                return (log, size ?? 0)
            })
    }
}
