public import Archive
internal import Foundation
internal import Results
internal import Stores

/// Finds every run below a results folder: those of campaigns, and those by hand.
public struct ResultsScan: Sendable {
    private let results: String

    /// A scan of a results folder.
    public init(results: String) { self.results = URL(filePath: results).path }

    /// The rows of all runs, by folder.
    public func rows() throws -> [RunRow] {
        (try byHand() + campaigns()).sorted { $0.folder < $1.folder }
    }

    /// `<plan>/<time>/results.json`.
    private func byHand() throws -> [RunRow] {
        try folders(in: results).filter { $0 != "campaigns" }.flatMap { plan in
            try folders(in: "\(results)/\(plan)").compactMap { name in
                let run = RunFolder(existing: "\(results)/\(plan)/\(name)")
                return (try? run.readResults()).map { RunRow($0, folder: "\(plan)/\(name)") }
            }
        }
    }

    /// `campaigns/<name>/<time>/runs/...`.
    private func campaigns() throws -> [RunRow] {
        let base = results + "/campaigns"
        guard FileManager.default.fileExists(atPath: base) else { return [] }
        return try folders(in: base).flatMap { name in
            try folders(in: "\(base)/\(name)").flatMap { started in
                let folder = CampaignFolder(
                    existing: "\(base)/\(name)/\(started)", results: results)
                guard let ticket = try? folder.ticket() else { return [RunRow]() }
                return RunReader(folder: folder, ticket: ticket).rows()
            }
        }
    }

    /// The folders in a folder, but no links, which would count runs twice.
    private func folders(in path: String) throws -> [String] {
        let manager = FileManager.default
        return try manager.contentsOfDirectory(atPath: path).sorted().filter { name in
            let type = try? manager.attributesOfItem(atPath: "\(path)/\(name)")[.type]
            return type as? FileAttributeType == .typeDirectory
        }
    }
}
