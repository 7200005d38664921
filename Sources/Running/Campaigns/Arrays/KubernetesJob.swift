internal import Yams

/// A campaign's array as an Indexed Job of Kubernetes, `batch/v1`.
///
/// Pure. The fields are those of the published schema. One pod an index; a pod that ends with a verdict
/// ends its index, and any other end, such as a node's death, makes Kubernetes start the index anew,
/// with a higher count of failures, which names the copy.
struct KubernetesJob: Encodable {
    private let apiVersion = "batch/v1"
    private let kind = "Job"
    private let metadata: Metadata
    private let spec: Spec

    /// What a site has to say.
    struct Site: Hashable, Sendable {
        /// The image that has `whitewater` in it, and the campaign's plans where they are here.
        let image: String
        /// The claim of the volume that all pods share.
        let claim: String
    }

    /// An Indexed Job has no more of them (Kubernetes' limit where failures count by index).
    static let mostTasks = 100_000
    /// A name is also a label of hosts' names, with an index behind it.
    private static let longestName = 52
    private static let container = "whitewater"
    private static let volume = "shared"
    private static let failures = "FAILURES"
    /// The statuses that say something and end the index; all others are tries that were lost.
    private static let verdicts = [1, 2, 64, 70]

    /// The job of an array in a folder, which pods see where `shared` is.
    init(_ plan: ArrayPlan, named name: String, folder: String, shared: String, site: Site) {
        let amount = [
            "cpu": "\(plan.share.cores)", "memory": "\(plan.share.megabytes)Mi",
        ]
        let pod = Pod(
            containers: [
                Container(
                    name: Self.container, image: site.image,
                    // The shell reads the variables, and is replaced: signals reach the task itself.
                    command: [
                        "/bin/sh", "-c",
                        "exec whitewater campaign-task \"$0\" --task \"$JOB_COMPLETION_INDEX\" "
                            + "--restart \"${\(Self.failures):-0}\"", folder,
                    ],
                    env: [Variable(name: Self.failures)],
                    resources: Resources(requests: amount, limits: amount),
                    volumeMounts: [Mount(name: Self.volume, mountPath: shared)])
            ],
            volumes: [
                Volume(name: Self.volume, persistentVolumeClaim: .init(claimName: site.claim))
            ])
        metadata = Metadata(name: Self.valid(name))
        spec = Spec(
            completions: plan.tasks.count,
            parallelism: min(plan.parallel ?? plan.tasks.count, plan.tasks.count),
            podFailurePolicy: FailurePolicy(rules: [
                Rule(onExitCodes: .init(containerName: Self.container, values: Self.verdicts))
            ]),
            template: Template(spec: pod))
    }

    /// The job as `kubectl apply` reads it.
    ///
    /// - Throws: `EncodingError`, which no such value causes.
    func yaml() throws -> String {
        let encoder = YAMLEncoder()
        encoder.options.sortKeys = true
        encoder.options.width = -1
        return try encoder.encode(self)
    }

    /// A name of lower-case letters, digits and dashes (RFC 1123), as Kubernetes wants it.
    static func valid(_ name: String) -> String {
        let letters = name.lowercased().map { letter in
            letter.isASCII && (letter.isLetter || letter.isNumber) ? letter : "-"
        }
        let text = String(letters.suffix(longestName)).drop { $0 == "-" }
        return String(text.reversed().drop { $0 == "-" }.reversed())
    }
}

// The schema's words, each with what this job sets of it.
extension KubernetesJob {
    private struct Metadata: Encodable { let name: String }

    private struct Spec: Encodable {
        let completionMode = "Indexed"
        let completions: Int
        let parallelism: Int
        let backoffLimitPerIndex = 6
        let podReplacementPolicy = "Failed"
        let podFailurePolicy: FailurePolicy
        let template: Template
    }

    private struct FailurePolicy: Encodable { let rules: [Rule] }

    private struct Rule: Encodable {
        let action = "FailIndex"
        let onExitCodes: ExitCodes
    }

    private struct ExitCodes: Encodable {
        let containerName: String
        let `operator` = "In"
        let values: [Int]
    }

    private struct Template: Encodable { let spec: Pod }

    private struct Pod: Encodable {
        let restartPolicy = "Never"
        let terminationGracePeriodSeconds = 90
        let containers: [Container]
        let volumes: [Volume]
    }

    private struct Container: Encodable {
        let name: String
        let image: String
        let command: [String]
        let env: [Variable]
        let resources: Resources
        let volumeMounts: [Mount]
        let securityContext = SecurityContext()
    }

    /// What a lab needs to make namespaces: the rights that the image's recipe names for containers.
    private struct SecurityContext: Encodable {
        let runAsUser = 0
        let capabilities = ["add": ["NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE"]]
        let seccompProfile = ["type": "Unconfined"]
        let appArmorProfile = ["type": "Unconfined"]
    }

    private struct Variable: Encodable {
        let name: String
        let valueFrom = [
            "fieldRef": [
                "fieldPath": "metadata.annotations['batch.kubernetes.io/job-index-failure-count']"
            ]
        ]
    }

    private struct Resources: Encodable {
        let requests: [String: String]
        let limits: [String: String]
    }

    private struct Mount: Encodable {
        let name: String
        let mountPath: String
    }

    private struct Volume: Encodable {
        struct Claim: Encodable { let claimName: String }
        let name: String
        let persistentVolumeClaim: Claim
    }
}
