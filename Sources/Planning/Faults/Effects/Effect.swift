public import Topologies

/// What is done to the machine as long as a fault lasts, as a value.
///
/// Each effect has an injector on the machine's floor that brings it about, undoes it, and says
/// what was seen of it.
public protocol Effect: Hashable, Sendable {
    /// Links whose packets it loses, holds or delays.
    var links: Set<Link> { get }
    /// An effect that lasts fewer election timeouts than this has not bitten, unless it was asked
    /// to be shorter.
    var leastElectionTimeouts: Int { get }
}

extension Effect {
    /// None: most effects are of processes.
    public var links: Set<Link> { [] }
    /// Two: nobody stands before one has passed, and then somebody must win.
    public var leastElectionTimeouts: Int { 2 }
}
