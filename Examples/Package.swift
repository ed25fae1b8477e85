// swift-tools-version: 6.3

import PackageDescription

// A package of its own, so that who links the libraries does not resolve what the examples need.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// The standard library linked into a program, and what keeps pages of it from being touched that are of no use: the
/// library asks for every symbol to be exported, so that none would be left out, and relocations that are not packed are a
/// megabyte to read at the start. The linker that is used by default cannot pack them.
#if os(Linux)
let small: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-stdlib", "-use-ld=lld"]
            + ["-z", "pack-relative-relocs", "--no-export-dynamic", "--gc-sections", "--icf=safe"].flatMap {
                ["-Xlinker", $0]
            },
        .when(configuration: .release)
    )
]
#else
let small: [LinkerSetting] = []
#endif

let client = Target.Dependency.product(name: "SMTPClient", package: "swift-smtp")
let session = Target.Dependency.product(name: "SMTPSession", package: "swift-smtp")
let transport = Target.Dependency.product(name: "SMTPTransport", package: "swift-smtp")
let wire = Target.Dependency.product(name: "SMTPWire", package: "swift-smtp")
let testing = Target.Dependency.product(name: "SMTPTesting", package: "swift-smtp")
let integrations = Target.Dependency.product(name: "SMTPIntegrations", package: "swift-smtp")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "swift-smtp-examples",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-smtp", path: "..", traits: ["Logging", "Metrics", "Tracing", "ServiceLifecycle"]),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    ],
    targets: [
        .target(
            name: "ToolSupport",
            dependencies: [client, session, transport, wire],
            swiftSettings: settings
        ),
        .target(
            name: "ToolOptions",
            dependencies: ["ToolSupport", transport, argumentParser],
            swiftSettings: settings
        ),
        .target(
            name: "SendTool",
            dependencies: ["ToolOptions", "ToolSupport", client, session, transport, wire, argumentParser],
            swiftSettings: settings
        ),
        .target(
            name: "ProbeTool",
            dependencies: ["ToolOptions", "ToolSupport", client, session, transport, wire, argumentParser],
            swiftSettings: settings
        ),
        .target(
            name: "LoadTool",
            dependencies: ["ToolSupport", client, session, transport, wire],
            swiftSettings: settings
        ),
        .executableTarget(name: "smtp-send", dependencies: ["SendTool"], swiftSettings: settings),
        .executableTarget(name: "smtp-probe", dependencies: ["ProbeTool"], swiftSettings: settings),
        .executableTarget(
            name: "smtp-load",
            dependencies: ["LoadTool"],
            swiftSettings: settings,
            linkerSettings: small
        ),
        .executableTarget(
            name: "send-mail",
            dependencies: [client, transport, argumentParser],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "low-level-send",
            dependencies: [session, transport, wire, argumentParser],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "custom-transport",
            dependencies: [client, transport, argumentParser],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "interactive",
            dependencies: ["ToolSupport", client, session, transport, wire, argumentParser],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "demo",
            dependencies: [client, session, transport, wire, testing, argumentParser],
            swiftSettings: settings
        ),
        .target(
            name: "GuideCode",
            dependencies: [
                integrations, client, session, transport, wire, testing,
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "GuideTests", dependencies: ["GuideCode"], swiftSettings: settings),
        .target(
            name: "ToolTesting",
            dependencies: ["ToolSupport"],
            path: "Tests/ToolTesting",
            swiftSettings: settings
        ),
        .testTarget(
            name: "SendToolTests",
            dependencies: ["SendTool", "ToolSupport", "ToolTesting", client, transport, testing],
            swiftSettings: settings
        ),
        // Here and not beside the library's tests, which so need nothing but the library.
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                integrations, client, session, transport, testing,
                .product(name: "Logging", package: "swift-log"),
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "InteractiveTests",
            dependencies: ["interactive", "ToolSupport", "ToolTesting", client, transport, testing],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ProbeToolTests",
            dependencies: ["ProbeTool", "ToolSupport", "ToolTesting", transport, testing, argumentParser],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LoadToolTests",
            dependencies: ["LoadTool", "ToolSupport", "ToolTesting", client, transport, testing],
            swiftSettings: settings
        ),
    ]
)
