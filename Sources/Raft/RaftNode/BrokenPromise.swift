/// What Raft promises does not hold in this cluster, so the server has ended.
public struct BrokenPromise: Error, CustomStringConvertible {
    private let what: String

    init(_ what: String) { self.what = what }

    /// What was seen, and what to do.
    public var description: String {
        "\(what). That can only be a bug, or a server that lost what it had promised; keep the "
            + "folders and logs of all servers, and trust none of them until it is understood"
    }
}
