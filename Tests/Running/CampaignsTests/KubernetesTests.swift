import Foundation
import Testing
import Yams

@testable import Campaigns

/// The job that is written for Kubernetes, against the rules of the published schema.
///
/// No cluster has ever read one.
@Suite struct `A job of Kubernetes` {
    /// What the schema says of a value: for objects each field that the job may set.
    private indirect enum Shape: Sendable {
        case text, number
        case oneOf([String])
        case list(Shape)
        case texts
        case object([String: Shape], required: Set<String>)
    }

    // The schema's rules in so far as the job has fields of theirs.
    private static let container = Shape.object(
        [
            "name": .text, "image": .text, "command": .list(.text),
            "env": .list(
                .object(
                    [
                        "name": .text,
                        "valueFrom": .object(
                            [
                                "fieldRef": .object(
                                    ["apiVersion": .text, "fieldPath": .text],
                                    required: ["fieldPath"])
                            ], required: []),
                    ], required: ["name"])),
            "resources": .object(["requests": .texts, "limits": .texts], required: []),
            "volumeMounts": .list(
                .object(["name": .text, "mountPath": .text], required: ["name", "mountPath"])),
            "securityContext": .object(
                [
                    "runAsUser": .number,
                    "capabilities": .object(["add": .list(.text)], required: []),
                    "seccompProfile": .object(["type": .text], required: ["type"]),
                    "appArmorProfile": .object(["type": .text], required: ["type"]),
                ], required: []),
        ], required: ["name"])
    private static let pod = Shape.object(
        [
            "restartPolicy": .oneOf(["Never", "OnFailure"]),
            "terminationGracePeriodSeconds": .number, "containers": .list(container),
            "volumes": .list(
                .object(
                    [
                        "name": .text,
                        "persistentVolumeClaim": .object(
                            ["claimName": .text], required: ["claimName"]),
                    ], required: ["name"])),
        ], required: ["containers"])
    private static let rule = Shape.object(
        [
            "action": .oneOf(["FailJob", "FailIndex", "Ignore", "Count"]),
            "onExitCodes": .object(
                [
                    "containerName": .text, "operator": .oneOf(["In", "NotIn"]),
                    "values": .list(.number),
                ], required: ["operator", "values"]),
        ], required: ["action"])
    private static let spec = Shape.object(
        [
            "completionMode": .oneOf(["Indexed", "NonIndexed"]), "completions": .number,
            "parallelism": .number, "backoffLimitPerIndex": .number,
            "podReplacementPolicy": .oneOf(["Failed", "TerminatingOrFailed"]),
            "podFailurePolicy": .object(["rules": .list(rule)], required: ["rules"]),
            "template": .object(["spec": pod], required: []),
        ], required: ["template"])
    private static let job = Shape.object(
        [
            "apiVersion": .oneOf(["batch/v1"]), "kind": .oneOf(["Job"]),
            "metadata": .object(["name": .text], required: []), "spec": spec,
        ], required: ["apiVersion", "kind", "metadata", "spec"])

    /// What is wrong with a value, with the place of it.
    private func faults(in value: Any?, of shape: Shape, at place: String) -> [String] {
        switch (shape, value) {
        case (.text, is String), (.number, is Int): return []
        case (.oneOf(let words), let word as String): return words.contains(word) ? [] : [place]
        case (.list(let element), let values as [Any]):
            return values.enumerated().flatMap { number, value in
                faults(in: value, of: element, at: "\(place)[\(number)]")
            }
        case (.texts, let values as [String: Any]):
            return values.filter { !($0.value is String) }.map { "\(place).\($0.key)" }
        case (.object(let fields, let required), let values as [String: Any]):
            let missing = required.subtracting(values.keys).map { "\(place).\($0) is missing" }
            return missing
                + values.flatMap { name, value in
                    guard let shape = fields[name] else { return ["\(place).\(name) is unknown"] }
                    return faults(in: value, of: shape, at: "\(place).\(name)")
                }
        default: return ["\(place) has another type"]
        }
    }

    private func job(runs: Int, parallel: String = "auto") throws -> [String: Any] {
        let campaign = try Campaign(
            yaml: "name: n\nplans: [a.yaml]\nbudget: {runs: \(runs)}\nparallel: \(parallel)")
        let plan = try ArrayPlan(
            campaign, ticket: .init(file: "/n.yaml", seed: 1, commit: nil, began: 0), after: [],
            share: .init(runs: 2, cores: 3, megabytes: 1_500))
        let job = KubernetesJob(
            plan, named: "Nightly_run-20261121T100000.000Z", folder: "/shared/array-1",
            shared: "/shared", site: .init(image: "example/whitewater", claim: "results"))
        return try #require(try Yams.load(yaml: job.yaml()) as? [String: Any])
    }

    private func value(_ job: [String: Any], _ path: String) -> Any? {
        path.split(separator: ".").reduce(job as Any?) { value, name in
            if let index = Int(name) { return (value as? [Any])?[index] }
            return (value as? [String: Any])?[String(name)]
        }
    }

    @Test func `every field is one of the schema's, of its type, and none is missing`() throws {
        #expect(faults(in: try job(runs: 5), of: Self.job, at: "job") == [])
    }

    @Test func `these rules would see a field that is missing, unknown or of another type`() throws
    {
        var job = try job(runs: 5)
        var spec = try #require(job["spec"] as? [String: Any])
        spec["template"] = nil
        spec["completions"] = "3"
        spec["retries"] = 4
        job["spec"] = spec
        #expect(
            Set(faults(in: job, of: Self.job, at: "job")) == [
                "job.spec.template is missing", "job.spec.completions has another type",
                "job.spec.retries is unknown",
            ])
    }

    @Test func `what the fields mean together is allowed`() throws {
        let job = try job(runs: 5, parallel: "2")
        #expect(value(job, "spec.completions") as? Int == 3, "a pod for two runs")
        #expect(value(job, "spec.parallelism") as? Int == 2)
        // Failures are counted by index only so.
        #expect(value(job, "spec.completionMode") as? String == "Indexed")
        #expect(value(job, "spec.template.spec.restartPolicy") as? String == "Never")
        // With a policy for failures no other way of replacing is allowed.
        #expect(value(job, "spec.podReplacementPolicy") as? String == "Failed")
        let codes = "spec.podFailurePolicy.rules.0.onExitCodes."
        #expect(value(job, codes + "values") as? [Int] == [1, 2, 64, 70], "in order, without 0")
        let pod = "spec.template.spec."
        #expect(
            value(job, codes + "containerName") as? String
                == value(job, pod + "containers.0.name") as? String)
        #expect(
            value(job, pod + "containers.0.volumeMounts.0.name") as? String
                == value(job, pod + "volumes.0.name") as? String)
        #expect(
            value(job, pod + "containers.0.resources.limits") as? [String: String]
                == ["cpu": "3", "memory": "1500Mi"])
    }

    @Test(arguments: [
        "Nightly_run-20261121T100000.000Z", "-x-", String(repeating: "a.", count: 60) + "end-",
    ])
    func `a name is one of hosts too, with an index behind it`(name: String) {
        let valid = KubernetesJob.valid(name)
        #expect(valid.wholeMatch(of: /[a-z0-9]([a-z0-9-]*[a-z0-9])?/) != nil, "\(valid)")
        #expect((valid + "-99999").count <= 63)
    }
}
