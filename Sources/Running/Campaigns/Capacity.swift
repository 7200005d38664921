/// How many runs a machine can carry at once, by what finished runs took.
///
/// A run that waits for a core says nothing about the system, so the sum of what runs take on
/// average stays below what is there.
public struct Capacity: Hashable, Sendable {
    /// Processors of the machine.
    public let cores: Int
    /// Bytes of memory that may be used.
    public let memory: Int

    private var runs = 0
    private var coreSeconds = 0.0
    private var seconds = 0.0
    private var largest = 0

    /// Of the machine no more than this share is given away.
    private static let share = 0.85

    /// The capacity of a machine of which nothing has been measured yet.
    public init(cores: Int, memory: Int) {
        self.cores = cores
        self.memory = memory
    }

    /// Takes in what a finished run took: processor time, time of the wall, and its processes'
    /// memory at its peak in bytes.
    public mutating func note(cpu: Duration, wall: Duration, memory: Int) {
        runs += 1
        coreSeconds += cpu / .seconds(1)
        seconds += wall / .seconds(1)
        largest = max(largest, memory)
    }

    /// How many runs may be under way: one until one has been measured.
    public var count: Int {
        guard runs > 0, seconds > 0 else { return 1 }
        let perRun = max(coreSeconds / seconds, 0.05)
        let byCores = Int(Double(cores) * Self.share / perRun)
        let byMemory = largest == 0 ? byCores : Int(Double(memory) * Self.share) / largest
        return max(1, min(byCores, byMemory))
    }
}
