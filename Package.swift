// swift-tools-version: 6.2
import PackageDescription

// Layers as in docs/architecture.md: a target may use targets of a strictly lower layer only.

let package = Package(
    name: "verify-courier",
    products: [
        .executable(name: "verify-courier", targets: ["verify-courier"]),
        .library(name: "VerifyClient", targets: ["VerifyClient"]),
        // For tests only, which preload it.
        .library(name: "FalseClock", type: .dynamic, targets: ["CFalseClock"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: ["FullFoundation"]),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Layer 7
        .executableTarget(
            name: "verify-courier",
            dependencies: [
                "AMQP", "App", "Basics", "Conformance", "Store", "VerifyClient", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        // Layer 6
        .target(
            name: "App",
            dependencies: [
                "AMQP", "Basics", "CLinux", "Conformance", "CurlHTTP", "LoginPage", "Ops", "OpsPages", "PhoneNumbers",
                "Pipeline", "PollExecutor", "SitePolicy", "Store", "StorePostgres", "StoreSQLite", "TwilioSimulator",
                "TwilioVerify", "VerifyClient",
                "Web", "Wire", "Worker",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]),

        // Layer 5
        .target(
            name: "Worker",
            dependencies: [
                "AMQP", "Basics", "Pipeline", "Store", "Wire",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "LoginPage",
            dependencies: [
                "Basics", "PhoneNumbers", "VerifyClient", "Web", "Wire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        .target(name: "OpsPages", dependencies: ["Basics", "Store", "Web", "Wire"]),

        // Layer 4
        .target(
            name: "Pipeline",
            dependencies: [
                "Basics", "PhoneNumbers", "QRCode", "SitePolicy", "Store", "TwilioVerify", "Wire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "StoreSQLite",
            dependencies: [
                "Basics", "CLinux", "Store", "Wire",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "StorePostgres",
            dependencies: [
                "Basics", "CPostgres", "PollExecutor", "Store", "Wire",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "VerifyClient",
            dependencies: [
                "AMQP", "Basics", "Wire",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "Conformance",
            dependencies: ["AMQP", "Basics", "Wire", .product(name: "Logging", package: "swift-log")]),
        .target(
            name: "TwilioSimulator",
            dependencies: [
                "Basics", "PhoneNumbers", "Web",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        .target(
            name: "Ops",
            dependencies: [
                "Basics", "Web",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        // Layer 3
        .target(name: "SitePolicy", dependencies: ["Basics", "Wire"]),
        .target(
            name: "Store",
            dependencies: [
                "Basics", "Wire", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "AMQP",
            dependencies: [
                "Basics", "CRabbitMQ", "PollExecutor",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "Web",
            dependencies: [
                "Basics",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "CurlHTTP",
            dependencies: [
                "Basics", "CCurl", "PollExecutor",
                .product(name: "Logging", package: "swift-log"),
            ]),

        // Layer 2
        .target(name: "Wire", dependencies: ["Basics"]),
        .target(name: "TwilioVerify", dependencies: ["Basics"]),
        .target(
            name: "PollExecutor",
            dependencies: ["Basics", "CLinux", .product(name: "DequeModule", package: "swift-collections")]),
        .target(name: "PhoneNumbers", dependencies: ["Basics", "CPhoneNumber"]),
        .target(name: "QRCode", dependencies: ["Basics", "CPNG", "CQREncode"]),

        // Layer 1
        .target(
            name: "Basics",
            dependencies: [.product(name: "DequeModule", package: "swift-collections")]),

        // Used by tests only
        .target(
            name: "TestKit",
            dependencies: [
                "AMQP", "Basics", "CLinux", "Store", "StorePostgres", "StoreSQLite",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(name: "TestKitTests", dependencies: ["Basics", "TestKit"]),
        .testTarget(
            name: "CurlHTTPTests",
            dependencies: ["Basics", "CurlHTTP", "TestKit", .product(name: "Logging", package: "swift-log")]),
        .testTarget(
            name: "AMQPTests",
            dependencies: [
                "AMQP", "Basics", "PollExecutor", "TestKit",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "AppTests",
            dependencies: [
                "AMQP", "App", "Basics", "Pipeline", "SitePolicy", "Store", "StoreSQLite", "TestKit", "TwilioSimulator",
                "TwilioVerify", "Wire", "Worker", "verify-courier",
                .product(name: "Logging", package: "swift-log"),
            ]),
        // As in a package of somebody else's: what is no public declaration does not compile.
        .target(
            name: "FrontEndSample",
            dependencies: [
                "AMQP", "Basics", "VerifyClient", "Wire", .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/FrontEndSample", packageAccess: false),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "AMQP", "App", "Basics", "CurlHTTP", "FrontEndSample", "Store", "TestKit", "TwilioSimulator",
                "VerifyClient", "Wire",
                "verify-courier",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "AMQP", "Basics", "Conformance", "TestKit", "VerifyClient", "Wire",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "ContractTests",
            dependencies: [
                "AMQP", "App", "Basics", "SitePolicy", "TestKit", "Wire", .product(name: "Yams", package: "Yams"),
            ]),
        .testTarget(name: "PollExecutorTests", dependencies: ["Basics", "PollExecutor", "TestKit"]),
        .testTarget(name: "BasicsTests", dependencies: ["Basics", "TestKit"]),
        .testTarget(name: "SitePolicyTests", dependencies: ["Basics", "SitePolicy", "TestKit", "Wire"]),
        .testTarget(name: "PhoneNumbersTests", dependencies: ["Basics", "PhoneNumbers"]),
        .testTarget(name: "QRCodeTests", dependencies: ["QRCode", "TestKit"]),
        .testTarget(name: "WireTests", dependencies: ["Basics", "TestKit", "Wire"]),
        .testTarget(
            name: "PipelineTests",
            dependencies: [
                "Basics", "Pipeline", "SitePolicy", "Store", "StoreSQLite", "TestKit", "TwilioVerify", "Wire",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "TwilioSimulatorTests",
            dependencies: [
                "Basics", "TestKit", "TwilioSimulator", "Web", .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "StoreContractTests",
            dependencies: [
                "Basics", "Store", "StorePostgres", "StoreSQLite", "TestKit", "Wire",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "StorePostgresTests",
            dependencies: [
                "Basics", "Store", "StorePostgres", "TestKit", "Wire", .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "WorkerTests", dependencies: ["AMQP", "Basics", "Pipeline", "Store", "TestKit", "Wire", "Worker"]),
        .testTarget(
            name: "LoginPageTests",
            dependencies: [
                "Basics", "LoginPage", "TestKit", "VerifyClient", "Web", "Wire",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "OpsTests",
            dependencies: [
                "Basics", "CurlHTTP", "Ops", "TestKit", "Web", .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(name: "OpsPagesTests", dependencies: ["Basics", "OpsPages", "Store", "TestKit", "Web", "Wire"]),
        .testTarget(name: "WebTests", dependencies: ["Basics", "TestKit", "Web"]),
        .testTarget(name: "TwilioVerifyTests", dependencies: ["Basics", "TestKit", "TwilioVerify"]),

        // Layer 0: C libraries
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
        .target(
            name: "CPhoneNumber", linkerSettings: [.linkedLibrary("phonenumber"), .linkedLibrary("stdc++")]),
        .target(name: "CLinux"),
        .target(name: "CFalseClock"),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// The program of deploy/fuzz.sh and the test that replays its corpus have the same sources, so only one of them is there.
let isFuzzing = Context.environment["VERIFY_COURIER_FUZZ"] != nil
let fuzzed: [Target.Dependency] = [
    "AMQP", "App", "Basics", "CRabbitMQ", "Pipeline", "TestKit", "TwilioVerify", "Wire", "Worker",
]
package.targets.append(
    isFuzzing
        ? .executableTarget(
            name: "Fuzz", dependencies: fuzzed, path: "Tests/Fuzz",
            exclude: ["Corpus", "CorpusTests.swift", "Dictionaries"])
        : .testTarget(
            name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz",
            exclude: ["Corpus", "Dictionaries", "Fuzzer.swift"]))

let ownSettings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

for target in package.targets where [.regular, .test, .executable].contains(target.type) {
    if !["CPhoneNumber", "CLinux", "CFalseClock"].contains(target.name) {
        target.swiftSettings = (target.swiftSettings ?? []) + ownSettings
    }
}
