// swift-tools-version: 6.3

import PackageDescription

/// One array for every target, so that no module is built by other rules than its neighbour.
///
/// Warnings are errors here and not on the command line, where the flag would reach the dependencies too.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "swift-smtp",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "SMTPWire", targets: ["SMTPWire"]),
        .library(name: "SMTPTransport", targets: ["SMTPTransport"]),
        .library(name: "SMTPSession", targets: ["SMTPSession"]),
        .library(name: "SMTPClient", targets: ["SMTPClient"]),
        .library(name: "SMTPTesting", targets: ["SMTPTesting"]),
        .library(name: "SMTPIntegrations", targets: ["SMTPIntegrations"]),
    ],
    traits: [
        .trait(name: "Logging", description: "LoggingObserver, for swift-log"),
        .trait(name: "Metrics", description: "MetricsObserver, for swift-metrics"),
        .trait(name: "Tracing", description: "TracingObserver, for swift-distributed-tracing"),
        .trait(name: "ServiceLifecycle", description: "ConnectionService, for swift-service-lifecycle"),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        // Resolved by SwiftNIO already, so it costs nobody anything.
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        // Fetched only for who turns the trait on.
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        .target(name: "SMTPWire", swiftSettings: settings),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        // The macros of OpenSSL as functions: Swift imports no macro that is more than a constant.
        .target(name: "COpenSSLShims", dependencies: ["COpenSSL"]),
        // epoll, which the C library's module does not show to Swift.
        .target(name: "CSocketWait"),
        // What SASL needs of libcrypto; no product, so that nobody mistakes it for a library of cryptography.
        .target(name: "SMTPCrypto", dependencies: ["COpenSSL"], swiftSettings: settings),
        .target(
            name: "SMTPTransport",
            dependencies: [
                "COpenSSL", "COpenSSLShims", "CSocketWait",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "SMTPSession",
            dependencies: [
                "SMTPWire", "SMTPTransport",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "SMTPClient",
            dependencies: [
                "SMTPWire", "SMTPTransport", "SMTPSession", "SMTPCrypto",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "SMTPTesting",
            // OpenSSL for certificates made at run time, so that no key is committed anywhere.
            dependencies: ["SMTPWire", "SMTPTransport", "SMTPCrypto", "COpenSSL", "COpenSSLShims"],
            swiftSettings: settings
        ),
        // Apart from the client, which so is the same whatever trait is on.
        .target(
            name: "SMTPIntegrations",
            dependencies: [
                "SMTPWire", "SMTPTransport", "SMTPSession", "SMTPClient",
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Logging"])),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
                .product(name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])
                ),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: ["SMTPTransport", "SMTPSession", "SMTPTesting"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .testTarget(name: "SMTPWireTests", dependencies: ["SMTPWire"], swiftSettings: settings),
        .testTarget(name: "SMTPCryptoTests", dependencies: ["SMTPCrypto"], swiftSettings: settings),
        .testTarget(
            name: "SMTPTransportTests",
            dependencies: [
                "SMTPTransport", "SMTPTesting", "TestSupport", "COpenSSL",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SMTPSessionTests",
            dependencies: ["SMTPSession", "SMTPTesting", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SMTPClientTests",
            dependencies: ["SMTPClient", "SMTPTesting", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CertaintyTests",
            dependencies: ["SMTPClient", "SMTPTesting", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SMTPTestingTests",
            dependencies: ["SMTPClient", "SMTPTesting"],
            swiftSettings: settings
        ),
    ]
)
