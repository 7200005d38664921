internal import Raft

/// Whose folder it is, and which one of that server: another folder has another life.
///
/// A server that comes back with an empty folder has forgotten its votes and its entries, and would
/// break what it promised. It is told from the one it was by its life: those that have met it before
/// do not let it in again.
struct Identity: Hashable, Sendable {
    static let name = "identity"
    static let acquaintances = "acquaintances"

    let server: ServerID
    let life: UInt64

    private var lines: [String] { ["raftd 2", "\(server)", String(life, radix: 16)] }

    /// Says whose folder it is, last of all that a new one gets: a folder with that file is never
    /// taken for a new one, whatever it has lost.
    func write(to disk: any Disk) throws(StorageError) {
        try SealedText.replace(Self.name, by: lines, on: disk)
    }

    /// Whose folder it is; nil if nobody's yet.
    static func read(
        _ disk: any Disk, _ server: ServerID, _ names: [String]
    ) throws(StorageError) -> Identity? {
        guard names.contains(name) else { return nil }
        let lines = try SealedText.lines(of: name, on: disk)
        guard lines.count == 3, lines[0] == "raftd 2", let life = UInt64(lines[2], radix: 16) else {
            throw .foreign(file: disk.folder + "/" + name, what: "not a file of raftd's")
        }
        guard lines[1] == "\(server)" else {
            throw .foreign(
                file: disk.folder + "/" + name, what: "the folder is of \(lines[1]), not \(server)")
        }
        return Identity(server: server, life: life)
    }

    // MARK: Others

    /// The lives in which this server has met others.
    static func readAcquaintances(
        _ disk: any Disk
    ) throws(StorageError) -> [ServerID: UInt64] {
        guard try disk.names().contains(acquaintances) else { return [:] }
        var known: [ServerID: UInt64] = [:]
        for line in try SealedText.lines(of: acquaintances, on: disk) {
            let words = line.split(separator: " ")
            guard words.count == 2, let number = UInt64(words[0].dropFirst()),
                let life = UInt64(words[1], radix: 16)
            else {
                throw .corrupt(
                    file: disk.folder + "/" + acquaintances, offset: 0, what: "no line '\(line)'")
            }
            known[ServerID(number)] = life
        }
        return known
    }

    static func write(
        _ known: [ServerID: UInt64], to disk: any Disk
    ) throws(StorageError) {
        let lines = known.sorted { $0.key < $1.key }.map {
            "\($0.key) \(String($0.value, radix: 16))"
        }
        try SealedText.replace(acquaintances, by: lines, on: disk)
    }
}
