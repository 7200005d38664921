internal import Generators

/// What is repeated with different seeds: a plan against one program with one set of options.
public struct Cell: Hashable, Sendable, Codable {
    /// The plan's file, relative to the campaign's.
    public let plan: String
    /// The program under test; nil for the plan's own.
    public let binary: String?
    /// Options of `whitewater test`, without their dashes.
    public let options: [String: String]
    /// What the plan is expected to say.
    public let expect: Campaign.Expectation

    /// The cell in a few words: `raftd-register`, `etcd/append rate=1000`; with the folder of its plan,
    /// for plans of two folders may have one name.
    public var name: String {
        let parts = plan.split(separator: "/").filter { $0 != ".." && $0 != "." }
        let file =
            plan.hasPrefix("/") ? parts.last.map(String.init) ?? plan : parts.joined(separator: "/")
        let words =
            [file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file]
            + (binary.map { ["binary=\($0)"] } ?? [])
            + options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return words.joined(separator: " ")
    }

    /// The arguments of `whitewater test` behind the plan's file.
    public func arguments(seed: UInt64) -> [String] {
        ["--seed", "\(seed)"] + (binary.map { ["--binary", $0] } ?? [])
            + options.sorted { $0.key < $1.key }.flatMap { ["--\($0.key)", $0.value] }
    }
}

/// One run that a campaign asks for.
public struct RunOrder: Hashable, Sendable, Codable {
    /// Its number in the campaign, from 1.
    public let number: Int
    /// What is run.
    public let cell: Cell
    /// With which seed.
    public let seed: UInt64
}

/// Which run comes next: pure, so that a campaign that goes on after its death asks for the same
/// runs under the same numbers.
///
/// Cells come in smooth weighted round-robin: after any number of runs each cell has had its share
/// within one run. Each cell's seeds depend only on the campaign's seed and the cell.
public struct CampaignSchedule: Sendable {
    private struct Track: Sendable {
        let cell: Cell
        let weight: Int
        var credit = 0
        var random: SplitMix64
        var left: ClosedRange<UInt64>?
        let isBounded: Bool
    }

    /// Everything that is ever run.
    let cells: Set<Cell>
    private var tracks: [Track]
    private var number = 0

    /// The schedule of a campaign with its seed.
    public init(_ campaign: Campaign, seed: UInt64) {
        let tracks = campaign.plans.flatMap { entry in
            let binaries: [String?] = entry.binaries.isEmpty ? [nil] : entry.binaries
            let variants = entry.variants.isEmpty ? [[:]] : entry.variants
            return binaries.flatMap { binary in
                variants.map { options in
                    let cell = Cell(
                        plan: entry.plan, binary: binary, options: options, expect: entry.expect)
                    return Track(
                        cell: cell, weight: entry.weight,
                        random: SplitMix64(seed: seed ^ Self.digest(cell)),
                        left: entry.seeds?.seeds, isBounded: entry.seeds != nil)
                }
            }
        }
        self.tracks = tracks
        cells = Set(tracks.map(\.cell))
    }

    /// The next run; nil when every cell's seeds have been used, but for those of these cells, whose
    /// runs keep their numbers all the same.
    public mutating func next(besides refused: Set<Cell> = []) -> RunOrder? {
        let open = tracks.indices.filter { !tracks[$0].isBounded || tracks[$0].left != nil }
        guard !open.allSatisfy({ refused.contains(tracks[$0].cell) }) else { return nil }
        for index in open { tracks[index].credit += tracks[index].weight }
        guard let chosen = open.max(by: { tracks[$0].credit < tracks[$1].credit }) else {
            return nil
        }
        tracks[chosen].credit -= open.reduce(0) { $0 + tracks[$1].weight }
        number += 1
        return RunOrder(
            number: number, cell: tracks[chosen].cell, seed: Self.seed(of: &tracks[chosen]))
    }

    private static func seed(of track: inout Track) -> UInt64 {
        if let left = track.left {
            let isLast = left.lowerBound == left.upperBound
            track.left = isLast ? nil : (left.lowerBound + 1)...left.upperBound
            return left.lowerBound
        }
        return UInt64.random(in: 1...999_999_999, using: &track.random)
    }

    /// FNV-1a of what names a cell, the same in every process.
    private static func digest(_ cell: Cell) -> UInt64 {
        "\(cell.plan) \(cell.name)".utf8.reduce(0xcbf2_9ce4_8422_2325) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
    }
}
