internal import Logging
internal import NIOCore
internal import Raft
internal import RaftStorage
internal import Wire

// What another server says must be possible. Raft does not withstand servers that lie, but one that
// is broken, or none of this cluster's, must not end this one or have its disk blamed.
extension Node {
    /// No term grows by so much between two messages: at an election each millisecond that takes
    /// seven weeks, in which nobody heard anybody.
    private static let mostTermJump: Term = 1 << 32

    /// Refuses what no right server of this cluster would say.
    ///
    /// - Throws: `WireError.absurd`; the connection that it came on is of no use.
    func examine(_ message: Message) throws(WireError) {
        guard message.term <= server.hard.term + Self.mostTermJump else {
            throw .absurd("while the term here is \(server.hard.term), term", message.term)
        }
        switch message.body {
        case .append(let append):
            guard append.previousTerm <= message.term else {
                throw .absurd("in term \(message.term), an entry of term", append.previousTerm)
            }
            var last = append.previousTerm
            for entry in append.entries {
                guard entry.term >= last, entry.term <= message.term else {
                    throw .absurd("behind term \(last), in term \(message.term), term", entry.term)
                }
                last = entry.term
            }
        case .snapshotPart(let part):
            guard part.head.term <= message.term else {
                throw .absurd("in term \(message.term), a snapshot of term", part.head.term)
            }
            guard !part.head.membership.voters.isEmpty else {
                throw .absurd("that nobody votes, in a snapshot up to", part.head.index)
            }
        default: break
        }
    }

    /// Lets the core take a step, unless that is the last part of a snapshot that means nothing:
    /// then its sender is named, and the core never sees it.
    func step(_ server: inout Server, _ event: Event) -> [Effect] {
        guard case .message(let message) = event, case .snapshotPart(let part) = message.body,
            message.term >= server.hard.term, let snapshot = server.completed(by: part)
        else { return takeStep(&server, event) }
        do {
            guard !snapshot.data.isEmpty else {
                throw WireError.absurd("nothing, in a snapshot up to", snapshot.index)
            }
            arriving = try KeyValueMachine(snapshot.data, upTo: snapshot.index)
        } catch {
            log.warning(
                "a server sent a snapshot that means nothing; it is refused",
                metadata: [
                    "server": "\(message.from)", "index": "\(snapshot.index)", "why": "\(error)",
                ])
            callers[message.from]?.close(promise: nil)
            return []
        }
        return takeStep(&server, event)
    }
}
