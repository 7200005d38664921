import Archive
import ArgumentParser

extension Bench {
    /// `whitewater-bench signatures`.
    struct Signatures: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show whether signatures tell the bugs of a campaign apart.",
            discussion: """
                For a campaign each of whose programs has one known bug, such as \
                Workloads/campaigns/planted-bugs.yaml: under which names its runs were filed, two \
                bugs under one name, and one bug under more than two.
                """)

        @Argument(help: "The folder of results.")
        var results = "results"

        @Option(help: "The campaign's name.")
        var campaign = "planted-bugs"

        func run() throws {
            let rows = try Archive(reading: results + "/index.sqlite").runs().filter {
                $0.campaign?.hasPrefix("campaigns/\(campaign)/") == true
            }
            let names = Dictionary(grouping: rows, by: \.cell).mapValues { runs in
                runs.compactMap(\.principal?.signature).filter(\.series.accusesSystem)
                    .reduce(into: [Signature: Int]()) { $0[$1, default: 0] += 1 }
            }
            for (cell, found) in names.sorted(by: { $0.key < $1.key }) {
                let total = rows.count { $0.cell == cell }
                print("\(cell): \(found.values.reduce(0, +)) of \(total) runs found it")
                for (name, count) in found.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                    print("  \(count) as \(name)")
                }
            }
            let bugs = names.filter { !$0.value.isEmpty }
            var owners: [Signature: [String]] = [:]
            for (cell, found) in bugs {
                for name in found.keys { owners[name, default: []].append(cell) }
            }
            let merged = owners.filter { $0.value.count > 1 }
            for (name, cells) in merged.sorted(by: { $0.key < $1.key }) {
                print("merged: \(cells.sorted().joined(separator: ", ")) as \(name)")
            }
            let split = bugs.filter { $0.value.count > 2 }.keys.sorted()
            for cell in split { print("split: \(cell)") }
            print(
                "\(bugs.count) of \(names.count) bugs found, \(merged.count) names shared, "
                    + "\(split.count) bugs under more than two names")
        }
    }
}
