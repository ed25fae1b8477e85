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

/// What keeps pages of the program from being touched that it has no use for: the static standard library asks for every
/// symbol to be exported, so none is left out, and relocations that are not packed are a megabyte to read at the start.
/// The linker that is used by default cannot pack them.
#if os(Linux)
let small: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld"]
            + ["-z", "pack-relative-relocs", "--no-export-dynamic", "--gc-sections", "--icf=safe"].flatMap {
                ["-Xlinker", $0]
            }
    )
]
#else
let small: [LinkerSetting] = []
#endif

let openSSL: [LinkerSetting] = [.linkedLibrary("ssl"), .linkedLibrary("crypto")]

let package = Package(
    name: "versus-tls",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-smtp", path: "../../..")],
    targets: [
        .executableTarget(name: "bio-c", linkerSettings: openSSL),
        .target(name: "Measure", swiftSettings: settings),
        .executableTarget(
            name: "tls-swift",
            dependencies: ["Measure", .product(name: "SMTPTransport", package: "swift-smtp")],
            swiftSettings: settings,
            linkerSettings: small
        ),
        .executableTarget(
            name: "tls-messages",
            dependencies: [
                "Measure",
                .product(name: "SMTPClient", package: "swift-smtp"),
                .product(name: "SMTPSession", package: "swift-smtp"),
                .product(name: "SMTPTransport", package: "swift-smtp"),
                .product(name: "SMTPWire", package: "swift-smtp"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "certificates",
            dependencies: [.product(name: "SMTPTesting", package: "swift-smtp")],
            swiftSettings: settings
        ),
    ]
)
