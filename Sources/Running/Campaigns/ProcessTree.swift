internal import Foundation

/// What a process and all its descendants take, as /proc shows it.
struct ProcessTree: Hashable, Sendable {
    /// Processor time of those alive and of those they have waited for, in seconds.
    var cpu = 0.0
    /// Resident bytes of all together; pages that they share are counted for each.
    var memory = 0

    /// Each root's tree as it is now.
    static func sample(of roots: Set<Int32>) -> [Int32: ProcessTree] {
        let processes = all()
        let children = Dictionary(grouping: processes, by: \.parent)
        let byNumber = Dictionary(uniqueKeysWithValues: processes.map { ($0.number, $0) })
        return Dictionary(
            uniqueKeysWithValues: roots.map { root in
                var tree = ProcessTree()
                var open = byNumber[root].map { [$0] } ?? []
                while let process = open.popLast() {
                    tree.cpu += process.cpu
                    tree.memory += process.memory
                    open += children[process.number] ?? []
                }
                return (root, tree)
            })
    }

    private struct Entry {
        let number: Int32
        let parent: Int32
        let cpu: Double
        let memory: Int
    }

    private static func all() -> [Entry] {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let page = sysconf(Int32(_SC_PAGESIZE))
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            // A process may end between the listing and the reading.
            guard let number = Int32(name),
                let data = FileManager.default.contents(atPath: "/proc/\(number)/stat"),
                let close = data.lastIndex(of: UInt8(ascii: ")"))
            else { return nil }
            // proc(5): behind the name come state (3), ppid (4), ..., utime (14) to cstime (17),
            // ..., rss (24).
            let fields = String(decoding: data[(close + 1)...], as: UTF8.self)
                .split(separator: " ")
            guard fields.count > 21, let parent = Int32(fields[1]), let pages = Int(fields[21])
            else { return nil }
            let cpu = fields[11...14].compactMap { Double($0) }.reduce(0, +) / ticks
            return Entry(number: number, parent: parent, cpu: cpu, memory: pages * page)
        }
    }
}
