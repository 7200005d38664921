// swift-tools-version: 6.2
import PackageDescription

// The house: each folder of `Sources` is a floor, each target a room on it. A target imports only what
// stands before it here; the tests of `HouseTests` hold that rule, and know its one exception: Systems
// speaks the Wire of the other wing.
let floors: [(name: String, rooms: [String])] = [
    ("Values", ["CZlib", "Compression", "Histories", "Topologies"]),
    ("Checking", ["Models", "Checkers", "CheckerTrials"]),
    ("Planning", ["Faults", "Plans", "Generators", "Workloads"]),
    (
        "Machine",
        ["CIPTC", "CLinux", "CClocks", "Clocks", "Netfilter", "Disks", "Labs", "Injectors"]
    ),
    ("Systems", ["Clients", "Systems"]),
    ("Keeping", ["Results", "Stores", "Reports", "Archive", "Sites"]),
    ("Running", ["Runner", "Campaigns", "PlanRuns", "Server"]),
    (
        "Raft",
        [
            "Wire", "WireNIO", "Raft", "RaftStorage", "RaftNode", "RaftDaemon", "RaftMutants",
            "RaftSimulator",
        ]
    ),
    ("Programs", ["whitewater", "raftd", "raftd-mutant", "whitewater-bench"]),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(
    name: "AsyncHTTPClient", package: "async-http-client")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(
    name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "whitewater",
    products: [
        .executable(name: "whitewater", targets: ["whitewater"]),
        .executable(name: "raftd", targets: ["raftd"]),
        .library(name: "Raft", targets: ["Raft"]),
        .library(name: "Checkers", targets: ["Histories", "Models", "Checkers"]),
        // What a package needs that tests a system of its own, and runs plans from its tests.
        .library(
            name: "WhitewaterKit",
            targets: [
                "WhitewaterKit", "Checkers", "Clients", "Generators", "Histories", "Labs", "Models",
                "Plans", "PlanRuns", "Results", "Systems", "Topologies", "Workloads",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // What C offers: libiptc, and what Glibc's module hides.
        .systemLibrary(
            name: "CIPTC", pkgConfig: "libiptc", providers: [.apt(["libiptc-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CLinux"),

        // Ground floor.
        .target(name: "Compression", dependencies: ["CZlib"]),
        .target(name: "Histories"),
        .target(name: "Topologies"),
        .target(name: "Netfilter", dependencies: ["CIPTC", "Topologies"]),

        .target(name: "Wire", dependencies: ["CLinux"]),
        .target(name: "WireNIO", dependencies: ["Wire", nioCore, nioPosix, nioSSL]),

        // The Raft wing.
        .target(name: "Raft"),
        .target(name: "RaftMutants", dependencies: ["Raft"]),
        .target(name: "RaftStorage", dependencies: ["CLinux", "Raft", "Wire"]),
        .target(
            name: "RaftNode",
            dependencies: [
                "Raft", "RaftStorage", "Wire", "WireNIO", deque, logging, unixSignals, nioCore,
                nioPosix,
            ]),
        .target(
            name: "RaftDaemon",
            dependencies: ["Raft", "RaftNode", "RaftStorage", "WireNIO", argumentParser, logging]),
        .executableTarget(
            name: "raftd",
            dependencies: [
                "RaftDaemon", "RaftNode", "Wire", "WireNIO", argumentParser, nioPosix,
            ]),

        // What is pure.
        .target(name: "Models", dependencies: ["Histories"]),
        .target(name: "Checkers", dependencies: ["Histories", "Models", heap]),
        .target(name: "CheckerTrials", dependencies: ["Checkers", "Histories", "Models"]),
        .target(name: "Generators", dependencies: ["Histories"]),

        .target(
            name: "RaftSimulator",
            dependencies: [
                "Checkers", "Generators", "Histories", "Models", "Raft", "RaftMutants", heap,
            ]),

        // What touches the machine.
        .target(name: "CClocks"),
        .target(name: "Clocks", dependencies: ["CClocks"]),
        .target(
            name: "Labs",
            dependencies: ["CLinux", "Netfilter", "Topologies", heap, subprocess, systemPackage]),
        .target(name: "Disks", dependencies: ["CLinux", systemPackage]),
        .target(
            name: "Injectors",
            dependencies: ["Clocks", "Disks", "Faults", "Labs", "Netfilter", "Topologies"]),
        .target(name: "Clients", dependencies: ["Histories"]),

        // What a person writes and keeps.
        .target(name: "Faults", dependencies: ["Topologies"]),
        .target(name: "Plans", dependencies: ["Faults", "Topologies", yams]),
        .target(name: "Results", dependencies: ["Checkers", "Faults", "Histories", "Topologies"]),
        .target(name: "Stores", dependencies: ["CLinux", "Histories", "Results"]),

        .target(name: "Archive", dependencies: ["Faults", "Results", grdb]),
        .target(name: "Sites", dependencies: ["Archive", "Faults", "Reports", "Results"]),

        // What is tested, and with what.
        .target(
            name: "Systems",
            dependencies: [
                "CLinux", "Clients", "Faults", "Histories", "Labs", "Plans", "Topologies", "Wire",
                "WireNIO",
                asyncHTTPClient, nioCore, nioHTTP1, nioPosix, subprocess, systemPackage,
            ]),
        .target(
            name: "Workloads",
            dependencies: ["Checkers", "Clients", "Generators", "Histories", "Models", "Plans"]),
        .target(
            name: "Reports",
            dependencies: ["Checkers", "Faults", "Histories", "Models", "Results", "Topologies"],
            resources: [.embedInCode("Assets")]),

        // The whole run.
        .target(
            name: "Runner",
            dependencies: [
                "Checkers", "Clients", "CLinux", "Clocks", "Faults", "Generators", "Histories",
                "Injectors", "Labs", "Models", "Plans", "Reports", "Results", "Stores", "Systems",
                "Topologies",
                "Workloads", logging,
            ]),
        .target(
            name: "Campaigns",
            dependencies: [
                "Archive", "Faults", "Generators", "Labs", "Plans", "Results", "Stores", yams,
            ]),
        .target(name: "PlanRuns", dependencies: ["Results", "Stores"]),
        .target(
            name: "Server",
            dependencies: [
                "Archive", "CLinux", "Campaigns", "Compression", "Reports", "Sites", httpTypes,
                hummingbird, hummingbirdCore, logging, nioCore, serviceLifecycle, unixSignals,
            ]),
        .executableTarget(
            name: "whitewater", dependencies: ["WhitewaterKit"], path: "Sources/Programs/Main"),
        .target(
            name: "WhitewaterKit",
            dependencies: [
                "Archive", "CLinux", "Campaigns", "Checkers", "CheckerTrials", "Clocks",
                "Compression",
                "Disks", "Faults", "Generators", "Histories", "Labs", "Models", "Plans", "Reports",
                "Results",
                "Runner", "Server", "Sites", "Stores", "Systems", "Topologies", "Workloads",
                argumentParser,
                logging,
            ],
            path: "Sources/Programs/whitewater"),

        .executableTarget(
            name: "whitewater-bench",
            dependencies: [
                "Archive", "CLinux", "Campaigns", "Checkers", "CheckerTrials", "Clients", "Clocks",
                "Disks", "Faults", "Generators",
                "Histories", "Labs", "Models", "Netfilter", "Plans", "Raft", "RaftMutants",
                "RaftSimulator", "RaftStorage", "Reports", "Results", "Runner", "SampleRuns",
                "Sites",
                "Stores", "Systems",
                "Topologies", "Wire", "WireNIO", argumentParser, asyncHTTPClient, nioCore, nioHTTP1,
                nioPosix,
            ]),

        .testTarget(name: "CompressionTests", dependencies: ["Compression"]),
        .testTarget(name: "HistoriesTests", dependencies: ["Histories"]),
        .testTarget(
            name: "CheckersTests",
            dependencies: ["CheckerTrials", "Checkers", "Generators", "Histories", "Models"],
            resources: [.copy("Fixtures")]),
        .testTarget(
            name: "GeneratorsTests",
            dependencies: ["Faults", "Generators", "Histories", "Topologies"]),
        .testTarget(name: "FaultsTests", dependencies: ["Faults", "Generators", "Topologies"]),
        .testTarget(
            name: "InjectorsTests", dependencies: ["Faults", "Injectors", "Labs", "Topologies"]),
        .testTarget(name: "PlansTests", dependencies: ["Faults", "Plans"]),
        .testTarget(
            name: "WorkloadsTests",
            dependencies: ["Checkers", "Generators", "Histories", "Models", "Workloads"]),
        .testTarget(name: "TopologiesTests", dependencies: ["Topologies"]),
        .testTarget(name: "NetfilterTests", dependencies: ["Netfilter", "Topologies"]),
        // A program that tells the time, for tests that change it; no product has it.
        .executableTarget(name: "clock-teller", path: "Tests/Machine/ClockTeller"),
        .testTarget(
            name: "ClocksTests",
            dependencies: ["CClocks", "Clocks", "clock-teller", "raftd", "whitewater"]),
        .testTarget(
            name: "DisksTests", dependencies: ["Disks", "Generators", "whitewater", systemPackage]),
        .testTarget(
            name: "LabsTests", dependencies: ["Faults", "Labs", "Netfilter", "Topologies"]),
        .testTarget(
            name: "SystemsTests",
            dependencies: [
                "Clients", "Histories", "Labs", "Plans", "Systems", "Topologies", "Wire",
                "raftd-mutant", asyncHTTPClient, nioCore, nioPosix,
            ]),
        .testTarget(
            name: "RunnerTests",
            dependencies: [
                "Checkers", "Faults", "Histories", "Injectors", "Labs", "Models", "Plans",
                "Reports", "Results", "Runner", "Stores", "Systems", "Topologies", "Workloads",
            ]),
        .testTarget(
            name: "SitesTests",
            dependencies: [
                "Archive", "Faults", "Reports", "Results", "SampleRuns", "Sites", "Topologies",
            ]),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Archive", "Compression", "Campaigns", "Reports", "SampleRuns", "Server", logging,
                unixSignals,
            ]),
        .testTarget(name: "ArchiveTests", dependencies: ["Archive"]),
        .testTarget(
            name: "CampaignsTests", dependencies: ["Archive", "Campaigns", "Faults", "Plans", yams]),
        // A cluster under Slurm is not on every machine: `make test-slurm`.
        .testTarget(
            name: "SlurmTests", dependencies: ["Archive", "raftd", "whitewater"],
            path: "Tests/Running/SlurmTests"),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "Checkers", "Faults", "Histories", "Labs", "Reports", "Results", "Runner",
                "SampleRuns", "Stores", "Topologies",
            ],
            exclude: ["Golden"]),
        // Made-up runs, for tests and benchmarks of pages; no product has them.
        .target(
            name: "SampleRuns",
            dependencies: [
                "Checkers", "Faults", "Histories", "Models", "Reports", "Results", "Topologies",
            ],
            path: "Tests/Keeping/SampleRuns"),
        .testTarget(
            name: "ResultsTests",
            dependencies: ["Checkers", "Faults", "Histories", "Results", "Stores", "Topologies"],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "WholeRunTests",
            dependencies: [
                "Faults", "Histories", "Netfilter", "Results", "Runner", "Stores", "Topologies",
                "raftd", "raftd-mutant", "whitewater", yams,
            ],
            exclude: ["kills.yaml", "mutants.yaml", "twofold"]),
        .testTarget(name: "WireTests", dependencies: ["Generators", "Wire"]),
        .testTarget(
            name: "RaftTests",
            dependencies: ["Generators", "Raft", "RaftMutants", "RaftSimulator"],
            exclude: ["Transcripts"]),
        .testTarget(
            name: "RaftStorageTests", dependencies: ["Generators", "Raft", "RaftStorage", "Wire"]),
        // A node with bugs in it, for tests of the harness; no product has it.
        .executableTarget(
            name: "raftd-mutant",
            dependencies: [
                "Raft", "RaftDaemon", "RaftMutants", "RaftNode", "RaftStorage", "Wire",
                argumentParser, logging,
            ],
            path: "Tests/Raft/RaftdMutant"),
        .testTarget(
            name: "RaftNodeTests",
            dependencies: [
                "Generators", "Raft", "RaftNode", "RaftStorage", "Wire", "WireNIO", logging,
                nioCore, nioEmbedded, nioPosix,
            ]),
        .testTarget(name: "HouseTests"),
    ]
)

/// `HouseTests` look at the whole house; all others stand on the floor of what they test.
for target in package.targets where target.path == nil && target.name != "HouseTests" {
    let tested =
        target.name == "WholeRunTests" ? "Runner" : target.name.replacing("Tests", with: "")
    guard let floor = floors.first(where: { $0.rooms.contains(tested) })?.name else {
        fatalError("\(target.name) is on no floor: add it to `floors`")
    }
    target.path = "\(target.isTest ? "Tests" : "Sources")/\(floor)/\(target.name)"
}

for target in package.targets where target.type != .system {
    let strict: [SwiftSetting] =
        Context.environment["WHITEWATER_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]
    target.swiftSettings =
        (target.swiftSettings ?? [])
        + [
            .swiftLanguageMode(.v6),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            .enableUpcomingFeature("InferIsolatedConformances"),
        ] + strict
}
