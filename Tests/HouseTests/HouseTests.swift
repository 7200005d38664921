import Foundation
import Testing

/// The separation of the rooms, read off the sources.
@Suite struct `The house stays in order` {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    /// What each target may import of this package: targets of lower rows only.
    private static let allowed: [String: Set<String>] = [
        "Compression": ["CZlib"],
        "Histories": [],
        "Wire": ["CLinux"],
        "Topologies": [],
        "WireNIO": ["Wire"],
        "Raft": [],
        "RaftStorage": ["CLinux", "Raft", "Wire"],
        "RaftDaemon": ["Raft", "RaftNode", "RaftStorage", "WireNIO"],
        "raftd": ["RaftDaemon", "RaftNode", "Wire", "WireNIO"],
        "RaftNode": ["Raft", "RaftStorage", "Wire", "WireNIO"],
        "RaftMutants": ["Raft"],
        "RaftSimulator": [
            "Checkers", "Generators", "Histories", "Models", "Raft", "RaftMutants",
        ],
        "Netfilter": ["CIPTC", "Topologies"],
        "Models": ["Histories"],
        "Checkers": ["Histories", "Models"],
        "CheckerTrials": ["Checkers", "Histories", "Models"],
        "Generators": ["Histories"],
        "Disks": ["CLinux"],
        "Clocks": ["CClocks"],
        "Labs": ["CLinux", "Netfilter", "Topologies"],
        "Faults": ["Topologies"],
        "Injectors": ["Clocks", "Disks", "Faults", "Labs", "Netfilter", "Topologies"],
        "Clients": ["Histories"],
        "Plans": ["Faults", "Topologies"],
        "Results": ["Checkers", "Faults", "Histories", "Topologies"],
        "Stores": ["CLinux", "Histories", "Results"],
        "Systems": [
            "CLinux", "Clients", "Faults", "Histories", "Labs", "Plans", "Topologies", "Wire",
            "WireNIO",
        ],
        "Archive": ["Faults", "Results"],
        "PlanRuns": ["Results", "Stores"],
        "Sites": ["Archive", "Faults", "Reports", "Results"],
        "Campaigns": [
            "Archive", "Faults", "Generators", "Labs", "Plans", "Results", "Stores",
        ],
        "Server": ["Archive", "CLinux", "Campaigns", "Compression", "Reports", "Sites"],
        "Workloads": ["Checkers", "Clients", "Generators", "Histories", "Models", "Plans"],
        "Reports": ["Checkers", "Faults", "Histories", "Models", "Results", "Topologies"],
    ]

    /// Targets without a clock, a disk, a socket, or dice that nobody lent them.
    private static let pure = [
        "Faults", "Generators", "Models", "Raft", "RaftSimulator", "Topologies", "Wire",
    ]

    /// What changes the machine: parsing a plan or drawing a page needs, and links, none of it.
    private static let effects: Set<String> = [
        "CIPTC", "CClocks", "Clocks", "Netfilter", "Disks", "Labs", "Injectors",
    ]

    /// Each room's folder, by the target's name.
    private static func rooms() throws -> [String: URL] {
        let manager = FileManager.default
        var rooms: [String: URL] = [:]
        for floor in try manager.contentsOfDirectory(atPath: sources.path) {
            let floor = sources.appending(path: floor)
            for room in try manager.contentsOfDirectory(atPath: floor.path) {
                #expect(rooms[room] == nil, "two targets are named \(room)")
                rooms[room] = floor.appending(path: room)
            }
        }
        return rooms
    }

    /// All Swift files of a target, those in folders within folders too.
    private static func files(of target: String) throws -> [(name: String, text: String)] {
        let folder = try #require(try rooms()[target], "no folder for \(target)")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap {
            $0 as? String
        }
        return try #require(names).filter { $0.hasSuffix(".swift") }
            .map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) }
    }

    @Test(arguments: allowed.keys.sorted())
    func `a target imports only targets of lower rows`(target: String) throws {
        let own = Set(Self.allowed.keys).union([
            "CClocks", "CIPTC", "CLinux", "CZlib", "Runner", "whitewater",
        ])
        let files = try Self.files(of: target)
        #expect(!files.isEmpty)
        for file in files {
            let imports = file.text.matches(of: /(?m)^(?:@?\w+ )*import (?:\w+ )?(\w+)/)
                .map { String($0.1) }
            let strangers = Set(imports).intersection(own)
                .subtracting(Self.allowed[target] ?? [])
            #expect(strangers.isEmpty, "\(target)/\(file.name) imports \(strangers)")
        }
    }

    /// The rooms in the order of the manifest, floor by floor.
    private static func order() throws -> [String] {
        let manifest = try String(
            contentsOf: sources.deletingLastPathComponent().appending(path: "Package.swift"),
            encoding: .utf8)
        let start = try #require(manifest.firstRange(of: "let floors"))
        let end = try #require(manifest[start.upperBound...].firstRange(of: "\nlet "))
        return manifest[start.upperBound..<end.lowerBound]
            .matches(of: /\(\s*"\w+",\s*\[([^\]]*)\]/)
            .flatMap { floor in floor.1.matches(of: /"([\w-]+)"/).map { String($0.1) } }
    }

    @Test func `what the manifest lists later is imported by nobody before it, but for one word`()
        throws
    {
        let order = try Self.order()
        let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        // The harness speaks the protocol of the Raft beside it; nothing else crosses over.
        let bridge = ["Systems": Set(["Wire", "WireNIO"])]
        // The folder of a program's first line is named for that.
        let rooms = try Self.rooms().keys.filter { $0 != "Main" }
        #expect(Set(rooms).isSubset(of: order), "every folder stands in the manifest")
        for (place, target) in order.enumerated() where rooms.contains(target) {
            for file in try Self.files(of: target) {
                let imports = file.text.matches(of: /(?m)^(?:@?\w+ )*import (?:\w+ )?(\w+)/)
                    .map { String($0.1) }
                let later = Set(imports.filter { places[$0] ?? -1 >= place })
                    .subtracting(bridge[target] ?? [])
                #expect(later.isEmpty, "\(target)/\(file.name) imports \(later)")
            }
        }
    }

    @Test(arguments: ["Planning", "Keeping"])
    func `plans and pages reach nothing that changes the machine`(floor: String) throws {
        let rooms = try Self.rooms().filter {
            $0.value.deletingLastPathComponent().lastPathComponent == floor
        }
        #expect(!rooms.isEmpty)
        for room in rooms.keys {
            #expect(Self.allowed[room] != nil, "\(room) has no line in `allowed`")
            var reached: Set<String> = [room]
            while case let next = reached.union(reached.flatMap { Self.allowed[$0] ?? [] }),
                next != reached
            {
                reached = next
            }
            #expect(reached.isDisjoint(with: Self.effects), "\(room) reaches \(reached.sorted())")
        }
    }

    @Test(arguments: pure)
    func `a pure target has no clock, no disk and no dice of its own`(target: String) throws {
        for file in try Self.files(of: target) {
            let impure = file.text.matches(
                of: /import Foundation|import Glibc|import Dispatch|Clock\(\)|SystemRandomNumber/)
            #expect(impure.isEmpty, "\(target)/\(file.name)")
            let ownDice = file.text.matches(of: /\.random\((?!.*using:)|\.shuffled\(\)/)
            #expect(ownDice.isEmpty, "\(target)/\(file.name)")
        }
    }

    @Test func `whoever imports the checkers builds no server and no client`() throws {
        let manifest = try String(
            contentsOf: Self.sources.deletingLastPathComponent().appending(path: "Package.swift"),
            encoding: .utf8)
        let product = try #require(
            manifest.firstMatch(of: /\.library\(name: "Checkers", targets: \[(.*?)\]\)/))
        var reached = Set(product.1.matches(of: /"(\w+)"/).map { String($0.1) })
        #expect(!reached.isEmpty)
        while case let next = reached.union(reached.flatMap { Self.allowed[$0] ?? [] }),
            next != reached
        {
            reached = next
        }
        for target in reached {
            let declared = try #require(
                manifest.firstMatch(
                    of: try Regex("target\\(\\s*name: \"\(target)\"[^)]*\\)")), "\(target)")
            let text = String(manifest[declared.range])
            for library in ["nio", "asyncHTTPClient", "grdb", "yams", "subprocess", "logging"] {
                #expect(!text.contains(library), "\(target) needs \(library)")
            }
        }
    }

    @Test func `what ships has no planted bugs`() throws {
        for target in try Self.rooms().keys
        where !["RaftMutants", "RaftSimulator", "whitewater-bench"].contains(target) {
            for file in try Self.files(of: target) {
                #expect(
                    !file.text.contains(/import Raft(Mutants|Simulator)/),
                    "\(target)/\(file.name) imports bugs")
            }
        }
    }

    @Test func `no source file is longer than one idea`() throws {
        for target in try Self.rooms().keys {
            for file in try Self.files(of: target) {
                let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.count <= 420, "\(target)/\(file.name) has \(lines.count) lines")
            }
        }
    }
}
