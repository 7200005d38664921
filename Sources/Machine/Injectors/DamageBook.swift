internal import Labs
internal import Synchronization
public import Topologies

/// What has been done to nodes' data, as long as it can still show.
public final class DamageBook: Sendable {
    /// A node that served though it could not remember anything.
    public struct Impostor: Hashable, Sendable {
        /// Which node.
        public let node: NodeName
        /// What was seen.
        public let words: String
        /// When, since the start of the load.
        public let time: Duration
    }

    /// Damage in the files of a node that runs.
    private struct Latent {
        var damage: [FileDamage] = []
        /// How often the node had ended by itself when it was last started on that.
        var exits = 0
    }

    private struct State {
        var latent: [NodeName: Latent] = [:]
        /// What nodes were started on that nobody has taken back, from before they were started.
        var words: [NodeName: [String]] = [:]
        var blank: Set<NodeName> = []
        var refusing: Set<NodeName> = []
        var impostors: [Impostor] = []
    }

    private let state = Mutex(State())

    /// No damage.
    public init() {}

    /// Nodes that served with an empty folder, under the name of one that remembered.
    public var impostors: [Impostor] { state.withLock { $0.impostors } }

    /// Whether a node's process was started on an emptied folder: what it says is said by nobody who
    /// was there before.
    public func isBlank(_ node: NodeName) -> Bool { state.withLock { $0.blank.contains(node) } }

    /// Whether a node refused damaged files that it had written over, so that they could not be taken
    /// back: it does right to stay away.
    public func refuses(_ node: NodeName) -> Bool { state.withLock { $0.refusing.contains(node) } }

    /// What damage a node was started on that has not been taken back, in words; nil if none.
    public func words(of node: NodeName) -> String? {
        state.withLock { $0.words[node] }?.joined(separator: "; ")
    }

    func note(startedOn damage: String, _ node: NodeName) {
        state.withLock { $0.words[node, default: []].append(damage) }
    }

    func note(refusing node: NodeName) { _ = state.withLock { $0.refusing.insert(node) } }

    /// Whether a node runs on damaged files.
    func isDamaged(_ node: NodeName) -> Bool { state.withLock { $0.latent[node] != nil } }

    func note(blank node: NodeName) { _ = state.withLock { $0.blank.insert(node) } }

    func note(whole node: NodeName) { _ = state.withLock { $0.blank.remove(node) } }

    func note(impostor node: NodeName, _ words: String, at time: Duration) {
        state.withLock {
            $0.impostors.append(Impostor(node: node, words: words, time: time))
        }
    }

    func note(_ damage: FileDamage, in node: NodeName, exits: Int) {
        state.withLock {
            $0.latent[node, default: Latent()].damage.append(damage)
            $0.latent[node]?.exits = exits
        }
    }

    /// Takes back what earlier faults have left in the files of a node that is down.
    ///
    /// - Returns: whether any of it was still there.
    func undo(in node: NodeName) throws -> Bool {
        let damage = state.withLock { state in
            state.words[node] = nil
            return state.latent.removeValue(forKey: node)?.damage ?? []
        }
        var isUndone = false
        for file in damage.reversed() where try file.undo() { isUndone = true }
        return isUndone
    }

    /// Takes damage back where nodes have ended by themselves since they were started on it, for so
    /// they refuse it, if late; and starts them again.
    ///
    /// - Returns: in words, for each.
    /// - Throws: if files cannot be mended, or a node not be started.
    public func mend(at site: any FaultSite) async throws -> [String] {
        var words: [String] = []
        for (node, latent) in state.withLock({ $0.latent }) {
            let process = site.process(of: node)
            guard case .down = await process.state, await process.unaskedExits.count > latent.exits
            else { continue }
            await site.disks.unmount(node)
            let isUndone = try undo(in: node)
            try await site.restart(node)
            site.disks.permits.revoke(node)
            words.append(
                "\(node) ended, and was started again; the damage ("
                    + latent.damage.map(\.summary).joined(separator: "; ")
                    + (isUndone ? ") was taken back" : ") was gone by then"))
        }
        return words
    }
}
