// swift-tools-version: 6.3

import PackageDescription

// A package as a stranger would write it: nothing is set that is not set by default, no trait is on, and each program
// but the last links one library alone, so that each can be linked and used alone.

let package = Package(
    name: "stranger",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-smtp", path: "../..")],
    targets: [
        .executableTarget(name: "OnlyWire", dependencies: [.product(name: "SMTPWire", package: "swift-smtp")]),
        .executableTarget(
            name: "OnlyTransport",
            dependencies: [.product(name: "SMTPTransport", package: "swift-smtp")]
        ),
        .executableTarget(name: "OnlySession", dependencies: [.product(name: "SMTPSession", package: "swift-smtp")]),
        .executableTarget(name: "OnlyClient", dependencies: [.product(name: "SMTPClient", package: "swift-smtp")]),
        .executableTarget(name: "OnlyTesting", dependencies: [.product(name: "SMTPTesting", package: "swift-smtp")]),
        .executableTarget(
            name: "OnlyIntegrations",
            dependencies: [.product(name: "SMTPIntegrations", package: "swift-smtp")]
        ),
        .executableTarget(
            name: "Program",
            dependencies: [
                .product(name: "SMTPClient", package: "swift-smtp"),
                .product(name: "SMTPTransport", package: "swift-smtp"),
                .product(name: "SMTPTesting", package: "swift-smtp"),
            ]
        ),
    ]
)
