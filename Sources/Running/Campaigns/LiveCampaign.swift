internal import Foundation

/// A campaign as it stands, read from its folder alone while another process works on it.
public struct LiveCampaign: Hashable, Sendable {
    /// A run that is under way.
    public struct Run: Hashable, Sendable {
        /// Its place below the results folder.
        public let place: String
        /// The last line that it said.
        public let words: String
    }

    /// Its folder below the results folder.
    public let name: String
    /// How it stands.
    public let state: CampaignFolder.State
    /// Runs that have ended, by how.
    public let ended: [RunOutcome: Int]
    /// Runs that have begun, and not ended.
    public let running: [Run]

    /// The latest campaign of each name in a results folder, by name.
    public static func latest(in results: String) -> [LiveCampaign] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: results + "/campaigns"))
        return (names ?? []).sorted().compactMap { name in
            (try? CampaignFolder(latestOf: name, results: results)).map(LiveCampaign.init)
        }
    }

    /// A campaign's folder as it stands.
    public init(_ folder: CampaignFolder) {
        name = folder.name
        state = folder.state
        ended = folder.notes().reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 }
        let runs = folder.path + "/runs"
        let places = (try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []
        running = places.sorted().filter {
            !FileManager.default.fileExists(atPath: "\(runs)/\($0)/run.json")
        }.map { place in
            let said = FileManager.default.contents(atPath: "\(runs)/\(place)/output.txt")
            let text = String(decoding: (said ?? Data()).suffix(2_000), as: UTF8.self)
            let last = text.split { $0 == "\n" || $0 == "\r" }.last
            return Run(place: "\(folder.name)/runs/\(place)", words: String(last ?? ""))
        }
    }
}
