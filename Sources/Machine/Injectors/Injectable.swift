public import Faults
public import Topologies

/// An effect that this machine can bring about.
///
/// Every effect of every fault in the catalog conforms, in a file named for its injector.
public protocol Injectable: Effect {
    /// Brings it about.
    ///
    /// - Parameters:
    ///   - number: the fault's own, by which what it makes can be named.
    ///   - site: where.
    /// - Returns: what undoes it.
    /// - Throws: `InjectionError` if the effect cannot be had at present; the first error of the
    ///   machine otherwise. What had been done by then is undone.
    func inject(_ number: Int, at site: any FaultSite) async throws -> any Injection
}

/// An effect while it lasts.
public protocol Injection: Sendable {
    /// Looks at what takes time to be seen, and only while the effect lasts, such as probes.
    ///
    /// Called once, beside everything else; cancelled when the effect is to end.
    func observe() async
    /// Undoes the effect, first of all; then says what was seen of it.
    ///
    /// - Throws: if the machine refuses to undo it.
    func heal() async throws -> Evidence
    /// What is demanded once the cluster has had its time to recover.
    func recovered(serving: Set<NodeName>) -> [FaultRecord.Check]
}

extension Injection {
    /// Nothing: many effects are seen when they end.
    public func observe() async {}
    /// Nothing.
    public func recovered(serving: Set<NodeName>) -> [FaultRecord.Check] { [] }
}

/// Why an effect cannot be had at present, which is nobody's failure.
public enum InjectionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A process that was to be struck has ended by itself.
    case notRunning(NodeName)
    /// The same clock of a node is wrong already.
    case clockMoved(NodeName)
    /// The cluster did not change its members, or its leader, as it was told.
    case membersKept(String)
    /// So many nodes may not lose their folders: nobody would be left who can tell them.
    case tooMany([NodeName])
    /// No injector brings such an effect about.
    case unknownEffect(String)

    /// Why.
    public var description: String {
        switch self {
        case .notRunning(let node): "\(node) had ended by itself"
        case .clockMoved(let node): "the same clock of \(node) was wrong already"
        case .membersKept(let why): why
        case .tooMany(let nodes): "\(nodes) are more than a minority, and would lose all they know"
        case .unknownEffect(let effect): "no injector brings about \(effect)"
        }
    }
}
