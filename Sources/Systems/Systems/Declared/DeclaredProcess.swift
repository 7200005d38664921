internal import Plans
internal import Topologies

/// One of several processes that a plan declares for each node.
struct DeclaredProcess: Hashable, Sendable {
    /// The keys of one.
    private static let keys = ["start", "join", "environment", "ready"]

    let name: ProcessName
    /// The program and its arguments.
    let start: [String]
    /// More arguments, for all nodes but the first.
    var join: [String] = []
    /// Variables beside those of all of the node's processes.
    var environment: [PlanTree.Entry] = []
    /// How it is known that it serves; the processes after it wait for that.
    var ready: Inquiry?

    /// Reads what a plan says of one.
    ///
    /// - Throws: `PlanRefusal` that begins with the name.
    init(_ entry: PlanTree.Entry) throws(PlanRefusal) {
        guard let name = ProcessName(entry.key) else {
            throw PlanRefusal(
                "'\(entry.key)' is no name of a process; write lower-case letters, digits and "
                    + "hyphens, a letter first")
        }
        do {
            try self.init(name, entry.value)
        } catch {
            throw PlanRefusal("\(name): \(error.message)")
        }
    }

    private init(_ name: ProcessName, _ tree: PlanTree) throws(PlanRefusal) {
        guard let entries = tree.entries else {
            throw PlanRefusal("has keys of its own: " + Self.keys.joined(separator: ", "))
        }
        for entry in entries where !Self.keys.contains(entry.key) {
            throw PlanRefusal(
                NearestWord.refusal(of: entry.key, what: "key of a process", known: Self.keys))
        }
        guard let words = tree["start"] else {
            throw PlanRefusal("start is missing; write [program, argument, ...]")
        }
        self.name = name
        start = try Self.value(words, of: ExecSystem.Keys.start)
        if let words = tree["join"] { join = try Self.value(words, of: ExecSystem.Keys.join) }
        if let words = tree["environment"] {
            environment = try Self.value(words, of: ExecSystem.Keys.environment)
        }
        guard let words = tree["ready"] else { return }
        let inquiry = try Self.value(words, of: ExecSystem.Keys.ready)
        guard inquiry.source != .client else {
            throw PlanRefusal(
                "ready: a client speaks to the whole node; write {tcp: ...}, or {http: ...}, or "
                    + "{log: ...}, or leave it out")
        }
        ready = inquiry
    }

    private static func value<Value>(
        _ tree: PlanTree, of option: PlanOption<Value>
    ) throws(PlanRefusal) -> Value {
        do {
            return try option.value(of: tree)
        } catch {
            throw PlanRefusal("\(option.name): \(error.message)")
        }
    }
}

extension PlanOption where Value == [DeclaredProcess] {
    /// Names of processes with their keys; none if it is not given.
    init(processes name: String, _ summary: String) {
        self.init(name, default: [], written: nil, summary) { tree throws(PlanRefusal) in
            guard let entries = tree.entries, !entries.isEmpty else {
                throw PlanRefusal("has a key for each process: NAME: {start: [program, ...]}")
            }
            var processes: [DeclaredProcess] = []
            for entry in entries { processes.append(try DeclaredProcess(entry)) }
            return processes
        }
    }
}
