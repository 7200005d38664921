internal import Histories

extension Operation {
    /// Whose operation it was and when it was answered: `client 3 on n2 (at 1.204 s)`.
    var who: String {
        "client \(client)" + (node.map { " on \($0)" } ?? "")
            + (completedAt.map { " (at \($0.written))" } ?? "")
    }
}

extension Timestamp {
    /// Seconds to the millisecond: `1.204 s`.
    var written: String { "\((Double(nanoseconds) / 1e6).rounded() / 1e3) s" }
}
