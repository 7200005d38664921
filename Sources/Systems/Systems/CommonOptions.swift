internal import Foundation
internal import Labs
public import Plans

/// Keys that several systems have.
public enum CommonOptions {
    /// The program, where it is not the one that is found by its name.
    public static let binary = PlanOption<String?>(
        "binary", "The program; found by its name where the plan has none.")
    /// What a read asks for.
    public static let reads = PlanOption(
        "reads", default: ReadConsistency.linearizable,
        "linearizable, or serializable to read what one node holds, stale or not.")
    /// The system's election timeout.
    public static let electionTimeout = PlanOption(
        "election-timeout", default: PlanDuration(.milliseconds(300)),
        "After this time without a leader a follower stands for election.")
    /// The leader's heartbeat interval.
    public static let heartbeat = PlanOption(
        "heartbeat", default: PlanDuration(.milliseconds(50)), "The leader's heartbeat interval.")
}

/// What a read asks for.
public enum ReadConsistency: String, Hashable, Sendable, CaseIterable {
    /// The value after everything that was acknowledged.
    case linearizable
    /// What the node asked happens to hold.
    case serializable
}

extension PlanSettings {
    /// The program that a plan names, or else the one that is found by its name.
    ///
    /// - Throws: `PlanError` with the advice if there is none.
    func program(
        _ name: String, in folders: [String] = [], otherwise advice: String
    ) throws(PlanError) -> String {
        if let path = self[CommonOptions.binary] {
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw PlanError("system.binary: \(path) is no program")
            }
            return path
        }
        do {
            return try Program(name, package: name, also: folders).path
        } catch {
            throw PlanError(
                "system.name: the program \(name) is missing; \(advice), or name one with "
                    + "system.binary")
        }
    }
}
