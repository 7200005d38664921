import Archive
import ArgumentParser
import Campaigns
import Foundation
import Labs
import Plans

/// Who makes a campaign's runs.
enum CampaignEngine: String, CaseIterable, ExpressibleByArgument {
    /// This machine.
    case local
    /// A cluster under Slurm.
    case slurm
    /// A cluster under Kubernetes.
    case kubernetes
}

/// What a cluster is told beside the campaign.
struct EngineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Who makes the runs: local, slurm or kubernetes.",
            discussion: """
                slurm submits an array of tasks and gathers what they leave, until the last one has \
                ended; Ctrl-C cancels it in good order, and with --resume this command finds its job \
                again. sbatch's own variables (SBATCH_PARTITION, SBATCH_ACCOUNT) say what a site wants \
                besides. kubernetes writes an Indexed Job for kubectl, and with --resume gathers what \
                its pods have left; it was never run on a cluster.
                """))
    var engine = CampaignEngine.local

    @Option(help: "Of a cluster: how many runs a task makes, one after another. (default: 1)")
    var bundle: Int?

    @Option(help: "Of a cluster: processors for a task. (default: 2)")
    var cores: Int?

    @Option(help: "Of a cluster: megabytes of memory for a task. (default: 2000)")
    var memory: Int?

    @Option(
        help: ArgumentHelp(
            "Of a cluster: a folder that all machines see under the same path.",
            discussion: "The folder for results where this is left out."))
    var shared: String?

    @Option(help: "Of Kubernetes: the image that has whitewater in it.")
    var image: String?

    @Option(help: "Of Kubernetes: the claim of the volume that is the shared folder.")
    var claim: String?

    mutating func validate() throws {
        let share = [("--bundle", bundle), ("--cores", cores), ("--memory", memory)]
        for case (let name, let value?) in share where !(1...1_000_000).contains(value) {
            throw ValidationError("\(name) is from 1 to 1000000, not \(value)")
        }
        let ofClusters = share.map { ($0, $1 != nil) } + [("--shared", shared != nil)]
        if engine == .local, let name = ofClusters.first(where: \.1)?.0 {
            throw ValidationError("\(name) is for a cluster; add --engine slurm or kubernetes")
        }
        let ofKubernetes = [("--image", image != nil), ("--claim", claim != nil)]
        if engine != .kubernetes, let name = ofKubernetes.first(where: \.1)?.0 {
            throw ValidationError("\(name) is for Kubernetes; add --engine kubernetes")
        }
    }

    /// What each task is given.
    var share: ArrayPlan.Share {
        .init(runs: bundle ?? 1, cores: cores ?? 2, megabytes: memory ?? 2_000)
    }
}

/// Has a cluster make a campaign's runs.
struct ClusterCampaign {
    let campaign: Campaign
    let folder: CampaignFolder
    let archive: Archive
    let options: EngineOptions

    private static let siteIsMissing =
        "Kubernetes must be told more: name the image that has whitewater in it with --image, and "
        + "the claim of the volume that is the shared folder with --claim"

    /// Whether this can come to anything, before a folder is made for it.
    ///
    /// - Throws: `PlanError`, `LabError` or `ValidationError`, each with what to do.
    static func require(_ options: EngineOptions, _ campaign: Campaign, resume: Bool) throws {
        switch options.engine {
        case .local: return
        case .slurm: try SlurmEngine.require(campaign)
        case .kubernetes:
            try KubernetesEngine.require(campaign)
            guard resume || options.image != nil && options.claim != nil else {
                throw ValidationError(siteIsMissing)
            }
        }
    }

    private var shared: String { options.shared ?? folder.results }

    /// Has Slurm make all runs, and waits for them.
    func runOnSlurm() throws -> CampaignMachine.Reason {
        let engine = try SlurmEngine(
            campaign, in: folder, archive: archive, shared: shared, share: options.share,
            program: Sandbox.executable)
        let signals = EndingSignals(stop: engine.stop)
        defer { signals.cancel() }
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var result: Result<CampaignMachine.Reason, any Error>?
        Task.detached {
            do {
                result = .success(try await engine.run(Self.show))
            } catch {
                result = .failure(error)
            }
            done.signal()
        }
        done.wait()
        guard let result else { preconditionFailure("the task has set it") }
        return try result.get()
    }

    /// Gathers what pods have left.
    func gatherFromKubernetes() throws -> CampaignMachine.Reason {
        try KubernetesEngine(campaign, in: folder, archive: archive, shared: shared)
            .gather { order, outcome in Self.show(.ended(order, outcome)) }
    }

    /// Writes the job for a person to apply.
    func writeKubernetesJob() throws {
        guard let image = options.image, let claim = options.claim else {
            throw ValidationError(Self.siteIsMissing)
        }
        let file = try KubernetesEngine(campaign, in: folder, archive: archive, shared: shared)
            .write(share: options.share, image: image, claim: claim)
        Console.line("kubectl apply -f \(file)")
        Console.line("then, as often as you like, the same command with --resume gathers its runs")
    }

    private static func show(_ news: SlurmEngine.News) {
        switch news {
        case .ended(let order, let outcome):
            Console.line(
                "run \(order.number) \(order.cell.name) seed \(order.seed): \(outcome)")
        case .words(let words): Console.line(words)
        }
    }
}
