// swift-tools-version: 6.3

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let openSSL: [LinkerSetting] = [.linkedLibrary("ssl"), .linkedLibrary("crypto")]

let package = Package(
    name: "versus-tls",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-smtp", path: "../../..")],
    targets: [
        .executableTarget(name: "tls-c", linkerSettings: openSSL),
        .executableTarget(name: "bio-c", linkerSettings: openSSL),
        .executableTarget(
            name: "tls-swift",
            dependencies: [
                .product(name: "SMTPClient", package: "swift-smtp"),
                .product(name: "SMTPSession", package: "swift-smtp"),
                .product(name: "SMTPTransport", package: "swift-smtp"),
                .product(name: "SMTPWire", package: "swift-smtp"),
                .product(name: "SMTPTesting", package: "swift-smtp"),
            ],
            swiftSettings: settings
        ),
    ]
)
