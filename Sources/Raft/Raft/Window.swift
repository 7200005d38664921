/// The messages on their way to one server, oldest first: a real window, which only answers open.
///
/// An answer shows how far the other log agrees, so it answers every message up to there. Heartbeats
/// take no place in it, and their answers free none but what they show to have arrived. A streaming
/// server that lost a message refuses the next one, heartbeat or not, and is probed anew; what a
/// probe or a part of a snapshot lost, time brings back.
struct Window: Hashable, Sendable {
    /// The last index of each.
    private var ends: [LogIndex] = []
    /// Ticks since something last entered or left.
    var age = 0

    var count: Int { ends.count }
    var isEmpty: Bool { ends.isEmpty }

    /// A message with entries up to an index has been sent.
    mutating func add(through index: LogIndex) {
        ends.append(index)
        age = 0
    }

    /// A part of a snapshot has been sent, and nothing else is on its way.
    mutating func begin(_ index: LogIndex) {
        ends = [index]
        age = 0
    }

    /// The other log agrees up to an index.
    mutating func remove(through index: LogIndex) {
        guard let first = ends.first, first <= index else { return }
        ends.removeAll { $0 <= index }
        age = 0
    }

    /// Nothing of it matters any more.
    mutating func removeAll() { ends.removeAll(keepingCapacity: true) }

    /// A lone message that has not been answered for so many ticks is taken for lost.
    mutating func forgetLostProbe(after ticks: Int) {
        if ends.count == 1, age >= ticks { removeAll() }
    }
}
