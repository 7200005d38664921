/// How strong faults are, where strength is a number.
public struct Intensity: Hashable, Sendable {
    /// The share of packets that `flaky` loses, between 0 and 1.
    public var loss: Double
    /// By how much `delay`, `delay-peers` and `reorder` hold packets, each way.
    public var delay: Duration
    /// The share of packets that `reorder` holds, between 0 and 1.
    public var reorderedShare: Double
    /// What `slow` lets through each way, in bits per second.
    public var bitsPerSecond: Int
    /// What a disk that loses power keeps of unsynced writes.
    public var kept: KeptWrites
    /// Where bytes of a node that is down rot.
    public var damaged: DamagedPlace

    /// By how much `clock-bump` and `clock-strobe` step a clock at most, forward and back.
    public var clockStep: Duration
    /// How many times as fast, or as slow, `clock-drift` lets a clock run at most.
    public var clockRate: Double

    /// The strengths of a plan; the defaults are those of a plan that says nothing.
    public init(
        loss: Double = 0.2, delay: Duration = .milliseconds(100), reorderedShare: Double = 0.25,
        bitsPerSecond: Int = 256_000, clockStep: Duration = .seconds(120), clockRate: Double = 20,
        kept: KeptWrites = .any, damaged: DamagedPlace = .anywhere
    ) {
        self.loss = loss
        self.delay = delay
        self.reorderedShare = reorderedShare
        self.bitsPerSecond = bitsPerSecond
        self.kept = kept
        self.damaged = damaged
        self.clockStep = clockStep
        self.clockRate = clockRate
    }
}
