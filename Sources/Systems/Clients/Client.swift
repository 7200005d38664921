public import Histories

/// One logical process's connection to a system under test.
///
/// A client performs one operation at a time and never repeats one by itself: a request that is
/// sent twice may take effect twice, and nobody could tell. What it cannot know it says to be
/// unknown, and its process is then retired with it.
public protocol Client: Sendable {
    /// Gets ready, so that the first operation need not wait for it; done for every worker before
    /// the clock starts, and again for each process that takes a retired one's place.
    ///
    /// - Throws: why no operation can be performed now; a later one may be.
    func open() async throws

    /// Performs the operation to its end or its deadline.
    ///
    /// - Returns: `fail` only if the operation certainly did not and will not take effect.
    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion

    /// Ends the connection.
    func close() async
}

extension Client {
    /// Nothing: the first operation makes the connection.
    public func open() async throws {}
}

/// The place in a load that a client works at.
public struct Worker: Hashable, Sendable {
    /// The worker's number, from 0; it outlives the processes that work in its place.
    public let number: Int
    /// The logical process.
    public let process: Int

    /// A process in a worker's place.
    public init(_ number: Int, process: Int) {
        self.number = number
        self.process = process
    }
}
