import Foundation
import Netfilter

/// What runs could leave behind on a machine.
struct Surroundings {
    private let mounts: Set<String>
    private let devices: Set<String>
    private let temporary: Set<String>
    private let hasChain: Bool
    /// What runs with certain words among its arguments.
    let processes: Set<String>

    /// How it is now; whatever runs with these words among its arguments belongs to some run.
    ///
    /// - Throws: if it cannot be seen: that nothing was seen does not say that nothing is left.
    init(naming words: String) throws {
        mounts = try Self.lines(of: "/proc/self/mounts")
        devices = Set(
            try Self.lines(of: "/proc/net/dev").compactMap { line in
                line.split(separator: ":").first.map(String.init)
            })
        let own = "\(ProcessInfo.processInfo.processIdentifier)"
        let numbers = try FileManager.default.contentsOfDirectory(atPath: "/proc")
        processes = Set(
            numbers.filter { Int($0) != nil && $0 != own }.filter { number in
                // One that has ended since has none.
                let arguments = FileManager.default.contents(atPath: "/proc/\(number)/cmdline")
                return arguments.map {
                    String(decoding: $0, as: UTF8.self).contains(words)
                } ?? false
            })
        let folder = FileManager.default.temporaryDirectory.path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        temporary = Set(names.filter { $0.hasPrefix("whitewater") }.map { "\(folder)/\($0)" })
        // Only root may look; others cannot have left anything there.
        hasChain = (try? FilterTable.hasChain("WHITEWATER")) ?? false
    }

    private static func lines(of file: String) throws -> Set<String> {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        return Set(text.split(separator: "\n").map(String.init))
    }

    /// What is here and was not there before, in words.
    func difference(to before: Surroundings) -> [String] {
        var new = mounts.subtracting(before.mounts).map { "mount \($0)" }
        new += devices.subtracting(before.devices).map { "device \($0)" }
        new += processes.subtracting(before.processes).map { "process \($0)" }
        new += temporary.subtracting(before.temporary).map { "file \($0)" }
        let rules = hasChain && !before.hasChain ? ["chain WHITEWATER"] : []
        return new.sorted() + rules
    }
}
