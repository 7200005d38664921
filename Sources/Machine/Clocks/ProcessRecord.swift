internal import Foundation

/// What /proc says of a process of this PID namespace.
struct ProcessRecord: Hashable {
    /// The host's own PID namespace has this number on every machine.
    static let hostNamespace = "pid:[4026531836]"

    /// Its process, of which it may be a thread.
    var group: Int32
    /// Its parent.
    var parent: Int32

    /// Reads it; nil if there is no such process.
    init?(of process: Int32) {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        else { return nil }
        func field(_ name: String) -> Int32? {
            text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
                .flatMap { Int32($0.dropFirst(name.count + 1).filter { !$0.isWhitespace }) }
        }
        guard let group = field("Tgid"), let parent = field("PPid") else { return nil }
        (self.group, self.parent) = (group, parent)
    }

    /// The PID namespace of a process; nil if there is no such process, or it is another user's.
    static func namespace(of process: Int32) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/pid")
    }

    /// Why a process must not be traced on behalf of another; nil if it may be.
    ///
    /// Only a child of the harness is, in a PID namespace that is not the host's.
    ///
    /// - Parameters:
    ///   - process: the process to be traced.
    ///   - harness: the process that asks.
    ///   - host: the host's PID namespace.
    /// - Returns: the reason, in words.
    static func refusal(
        of process: Int32, harness: Int32, host: String = hostNamespace
    ) -> String? {
        guard let own = namespace(of: harness) else { return "the harness's namespace is hidden" }
        guard own != host else {
            return "the harness runs in the host's PID namespace; clocks are moved in a lab only"
        }
        guard let record = ProcessRecord(of: process) else { return "there is no such process" }
        guard record.group == process else { return "it is a thread of process \(record.group)" }
        guard record.parent == harness else {
            return "it is a child of process \(record.parent), not of the harness"
        }
        guard namespace(of: process) == own else { return "it is in another PID namespace" }
        return nil
    }
}
