// swift-tools-version: 6.3

import PackageDescription

// A package of its own, so that who links the libraries does not resolve what the benchmarks need.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let client = Target.Dependency.product(name: "SMTPClient", package: "swift-smtp")
let session = Target.Dependency.product(name: "SMTPSession", package: "swift-smtp")
let transport = Target.Dependency.product(name: "SMTPTransport", package: "swift-smtp")
let wire = Target.Dependency.product(name: "SMTPWire", package: "swift-smtp")

let package = Package(
    name: "swift-smtp-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-smtp", path: ".."),
        // Without its traits, which would replace malloc and the runtime's reference counting.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        // What `versus/lock-step` runs.
        .executableTarget(
            name: "lock-step",
            dependencies: [client, session, transport, wire],
            swiftSettings: settings
        ),
        // What is measured without a socket.
        .target(name: "Workloads", dependencies: [client, session, transport, wire], swiftSettings: settings),
        // What `check` runs.
        .executableTarget(name: "workload", dependencies: ["Workloads"], swiftSettings: settings),
        // The plugin looks for benchmarks in a folder of this name, and nowhere else.
        .executableTarget(
            name: "Micro",
            dependencies: ["Workloads", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/Micro",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
    ]
)
