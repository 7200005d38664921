// swift-tools-version: 6.2
import PackageDescription

// A package of one's own: a system and a workload in Swift, a harness that knows them, and a test
// that runs a plan. Elsewhere the dependency is a URL and a version.
let package = Package(
    name: "ExampleKit",
    dependencies: [.package(name: "whitewater", path: "../..")],
    targets: [
        .executableTarget(
            name: "toy-whitewater",
            dependencies: [.product(name: "WhitewaterKit", package: "whitewater")]),
        .testTarget(
            name: "ToyTests",
            dependencies: [
                "toy-whitewater", .product(name: "WhitewaterKit", package: "whitewater"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
