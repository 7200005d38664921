import Archive
import ArgumentParser
import Campaigns
import Foundation
import Labs
import Plans
import Sites
import Stores

extension Whitewater {
    /// `whitewater campaign`.
    struct CampaignCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "campaign",
            abstract: "Run many plans with many seeds for a night, and keep what was found.",
            discussion: """
                A campaign is a YAML file such as Workloads/campaigns/nightly.yaml: plans with weights, \
                programs and variants, a budget, how many at once, what is expected of each plan; \
                Workloads/nightly/README.md has every key. \
                Every run lands in results/campaigns/<name>/<time>/runs, and a row in \
                results/index.sqlite. A run whose set-up failed is tried once more. A plan that \
                `whitewater test` refuses is left out, and other plans have its runs. A campaign \
                that was cut short, by whatever, loses at most the runs that were under way; \
                --resume goes on with it, makes no run twice that has ended, and tries again what \
                was refused. With --engine slurm a cluster makes the runs, and this machine \
                gathers them.

                Exit status: 0 all as expected; 1 a plan was found guilty that should not be, or \
                one was not that must be (the canary); 2 nothing worse than runs that could not \
                say; 64 wrong usage or plan; 70 runs that failed, or a campaign that did.
                """)

        @Argument(help: "The campaign, a YAML file such as Workloads/campaigns/nightly.yaml.")
        var file: String

        @Flag(help: "Go on with the latest campaign of this name.")
        var resume = false

        @Option(help: "The seed of all seeds; drawn if neither here nor in the file.")
        var seed: UInt64?

        @Option(help: "So many runs, whatever the file says; --resume keeps to it.")
        var runs: Int?

        @Option(help: "The commit that is tested, for trends.")
        var commit: String?

        @Option(help: "The folder for results.")
        var results = "results"

        @OptionGroup(title: "Clusters")
        var cluster: EngineOptions

        func run() throws {
            let campaign = try read()
            do {
                let folder = try makeFolder(campaign)
                let archive = try Archive(file: folder.results + "/index.sqlite")
                Console.line("campaign \(campaign.name): \(folder.path)")
                guard let reason = try perform(campaign, in: folder, archive) else { return }
                let rows = try archive.runs(of: folder.name)
                try SiteWriter(results: folder.results).write(Site(try archive.runs()))
                let verdict = CampaignVerdict(rows, reason: reason)
                try CampaignExports(folder, verdict: verdict).write()
                for line in verdict.lines { Console.line(line) }
                Console.line("pages: \(folder.results)/index.html")
                Console.line("tests: \(folder.path)/junit.xml, summary.md and summary.json")
                throw ExitCode(verdict.exitStatus)
            } catch let code as ExitCode {
                throw code
            } catch {
                throw Exit.reporting(error, Exit.failure)
            }
        }

        /// Has the runs made; why that is over, or nil if nothing has begun.
        private func perform(
            _ campaign: Campaign, in folder: CampaignFolder, _ archive: Archive
        ) throws -> CampaignMachine.Reason? {
            let onCluster = ClusterCampaign(
                campaign: campaign, folder: folder, archive: archive, options: cluster)
            switch cluster.engine {
            case .local: break
            case .slurm: return try onCluster.runOnSlurm()
            case .kubernetes where resume: return try onCluster.gatherFromKubernetes()
            case .kubernetes:
                try onCluster.writeKubernetesJob()
                return nil
            }
            let runner = try CampaignRunner(
                campaign, in: folder, archive: archive, program: Sandbox.executable
            ) { CampaignLine.shared.show($0) }
            let signals = EndingSignals(stop: runner.stop)
            defer { signals.cancel() }
            return try runner.run()
        }

        private func read() throws -> Campaign {
            do {
                var campaign = try Campaign(contentsOf: file)
                if let runs = try runs ?? runsAskedBefore(campaign) {
                    campaign = try campaign.with(runs: runs)
                }
                try ClusterCampaign.require(cluster, campaign, resume: resume)
                return campaign
            } catch let error as LabError {
                throw Exit.reporting(error, Exit.failure)
            } catch let error as CampaignError {
                throw Exit.reporting(error, Exit.failure)
            } catch {
                throw Exit.reporting(error, Exit.usage)
            }
        }

        private func runsAskedBefore(_ campaign: Campaign) throws(CampaignError) -> Int? {
            guard resume else { return nil }
            return try CampaignFolder(latestOf: campaign.name, results: results).ticket().runs
        }

        private func makeFolder(_ campaign: Campaign) throws -> CampaignFolder {
            if resume { return try CampaignFolder(latestOf: campaign.name, results: results) }
            return try CampaignFolder(
                results: results, name: campaign.name, started: RunFolder.timestamp(),
                ticket: .init(
                    file: URL(filePath: file).path,
                    seed: seed ?? campaign.seed ?? UInt64.random(in: 1...999_999_999),
                    commit: commit, began: Date.now.timeIntervalSince1970, runs: runs))
        }
    }
}

/// One line on the terminal that says how a campaign goes.
private final class CampaignLine {
    nonisolated(unsafe) static let shared = CampaignLine()

    private var lastNumber = 0

    func show(_ progress: CampaignRunner.Progress) {
        guard let last = progress.last, last.order.number != lastNumber else { return }
        lastNumber = last.order.number
        Console.line(
            "run \(last.order.number) \(last.order.cell.name) seed \(last.order.seed): "
                + "\(last.outcome); \(progress.running) under way, at most \(progress.capacity)")
    }
}
