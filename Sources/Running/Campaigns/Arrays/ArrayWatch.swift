/// Watches an array until no task of it is left: told what the queue and the folder show, it says
/// what to do.
///
/// Pure. A controller that does not answer says nothing of the job, and a shared folder may show
/// what was written elsewhere a little later.
struct ArrayWatch: Sendable {
    /// What happened.
    enum Event: Hashable, Sendable {
        /// The queue was asked, and of so many runs nothing is known.
        case looked(Slurm.Queue, missing: Int)
        /// A person wants it to end.
        case stopAsked
    }

    /// What to do.
    enum Effect: Hashable, Sendable {
        /// Tell the scheduler to end the job.
        case cancel
        /// Tell the person.
        case say(String)
        /// Nothing more will come.
        case finish
    }

    /// How often an empty queue is looked at again while runs are missing.
    static let lateLooks = 3

    /// Whether a person has asked for the end.
    private(set) var isStopping = false
    private var emptyLooks = 0
    private var lastWords = ""

    /// Takes an event and says what to do, in this order.
    mutating func step(_ event: Event) -> [Effect] {
        switch event {
        case .stopAsked:
            guard !isStopping else { return [] }
            isStopping = true
            return [.cancel] + say("ending: the tasks' runs end in good order")
        case .looked(.silent(let words), _):
            return say("Slurm does not answer, and is asked again: \(words)")
        case .looked(.tasks(let tasks), let missing):
            guard tasks.isEmpty else {
                emptyLooks = 0
                let states = tasks.sorted { $0.key < $1.key }
                    .map { "\($0.value) \($0.key.lowercased())" }
                return say("tasks: \(states.joined(separator: ", "))")
            }
            emptyLooks += 1
            let isLate = missing > 0 && emptyLooks < Self.lateLooks
            return isLate ? [] : [.finish]
        }
    }

    /// Says nothing twice in a row.
    private mutating func say(_ words: String) -> [Effect] {
        defer { lastWords = words }
        return words == lastWords ? [] : [.say(words)]
    }
}
