/// How a disk loses power: what becomes of the writes that nobody had synced.
public struct PowerLoss: Codable, Hashable, Sendable {
    /// What the disk keeps of unsynced data.
    public enum Keep: String, Codable, Hashable, Sendable, CaseIterable {
        /// Nothing.
        case nothing
        /// All up to some moment, drawn by the seed, and nothing after it.
        case prefix
        /// Some pages of 4,096 bytes, drawn by the seed: a cache that was being written back.
        case pages
        /// Some sectors of 512 bytes, drawn by the seed: pages are torn.
        case sectors
    }

    /// What it keeps.
    public var keep: Keep
    /// What draws the moment, the pages, the sectors.
    public var seed: UInt64

    /// A loss that keeps this, drawn from the seed.
    public init(_ keep: Keep, seed: UInt64) {
        self.keep = keep
        self.seed = seed
    }

    /// Whether a piece of a file survives.
    ///
    /// A hash of the place instead of a sequence of dice, so that one piece's fate does not hang
    /// on the order in which others are asked.
    func keeps(sector: Int, of file: Inode) -> Bool {
        Self.mixed(seed, Self.mixed(file.number, UInt64(sector))) & 1 == 0
    }

    /// How many of so many changes survive, from none to all.
    func survivors(of count: Int, in folder: Inode? = nil) -> Int {
        Int(Self.mixed(seed, folder?.number ?? 0) % UInt64(count + 1))
    }

    /// The mixer of SplitMix64 (Steele, Lea & Flood 2014, figure 17) over two numbers.
    public static func mixed(_ one: UInt64, _ other: UInt64) -> UInt64 {
        var mixed = one &+ (other &+ 1) &* 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// When the name of a file is durable.
public enum NameRule: String, Codable, Hashable, Sendable, CaseIterable {
    /// As on ext4: any sync commits the journal, and with it every name.
    case journal
    /// As POSIX promises and no more: a name is durable once its own folder has been synced.
    case posix
}

/// What a power loss took.
public struct LossReport: Codable, Hashable, Sendable {
    /// Bytes that had been written and are gone.
    public var bytes = 0
    /// Files of which bytes are gone or whose size is another.
    public var files = 0
    /// Names that had been given and are gone.
    public var namesGone = 0
    /// Names that had been removed or taken over and are back as they were.
    public var namesBack = 0
    /// Bytes that nobody had synced and that survived all the same.
    public var survived = 0

    /// Nothing lost.
    public init() {}

    /// Whether every write had been synced, or happened to survive.
    public var isNothing: Bool { bytes == 0 && files == 0 && namesGone == 0 && namesBack == 0 }

    /// `1204 bytes in 2 files`, or `nothing was lost`.
    public var summary: String {
        guard !isNothing else {
            return "nothing was lost"
                + (survived > 0 ? ", \(survived) unsynced bytes survived" : "")
        }
        var parts = ["\(bytes) bytes in \(files) files"]
        if namesGone > 0 { parts.append("\(namesGone) names gone") }
        if namesBack > 0 { parts.append("\(namesBack) names as before") }
        if survived > 0 { parts.append("\(survived) unsynced bytes survived") }
        return parts.joined(separator: ", ")
    }
}
