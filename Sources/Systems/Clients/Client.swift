public import Histories

/// One logical process's connection to a system under test.
///
/// A client performs one operation at a time and never repeats one by itself: a request that is
/// sent twice may take effect twice, and nobody could tell. What it cannot know it says to be
/// unknown, and its process is then retired with it.
public protocol Client: Sendable {
    /// Performs the operation to its end or its deadline.
    ///
    /// - Returns: `fail` only if the operation certainly did not and will not take effect.
    func perform(_ invocation: Invocation, timeout: Duration) async -> Completion

    /// Ends the connection.
    func close() async
}
