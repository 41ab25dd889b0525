// swift-tools-version: 6.2
// CentralPay: one static binary, no packages. Targets stand on floors; a target may import only from
// floors below its own, or from its left on the same floor. The dependency lists here are the proof.

import PackageDescription

/// Warnings are errors only where `CENTRALPAY_STRICT` is set (CI sets it), so that a newer toolchain with a new
/// warning never breaks an installation.
let isStrict = Context.environment["CENTRALPAY_STRICT"] != nil

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableExperimentalFeature("Lifetimes"),
        .strictMemorySafety(),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

/// A library target at `Sources/<name>`.
func room(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [],
    plugins: [Target.PluginUsage] = []
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings, plugins: plugins)
}

/// A test target at `Tests/<name>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

/// An executable target at `Sources/<name>`.
func program(_ name: String, _ dependencies: [Target.Dependency], plugins: [Target.PluginUsage] = []) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings, plugins: plugins)
}

let package = Package(
    name: "centralpay",
    products: [
        .executable(name: "centralpay", targets: ["centralpay"]),
        .library(name: "CentralPayTLS", targets: ["Crypto", "X509", "TLS"]),
    ],
    targets: [
        // Floor 0: bytes and mathematics.
        room("Bytes"),
        room("JSON", ["Bytes"]),
        room("Crypto", ["Bytes"]),
        // Floor 1: certificates and TLS without I/O, the doors, and fields declared once.
        room("X509", ["Bytes", "Crypto"]),
        room("TrustRoots", ["Bytes", "X509"], exclude: ["ROOTS.md"], plugins: ["EmbedPlugin"]),
        room("TLS", ["Bytes", "Crypto", "X509"]),
        room("Runtime", ["Bytes"]),
        room("Fields", ["Bytes", "JSON", "Runtime"]),
        // Floor 2.
        room("HTTP", ["Bytes", "Runtime"]),
        room("HTTPS", ["Bytes", "Runtime", "X509", "TrustRoots", "TLS", "HTTP"]),
        room("Storage", ["Bytes", "Crypto", "Runtime", "Fields"], exclude: ["FORMAT.md", "PERFORMANCE.md"]),
        // Floor 3: the domain.
        room("Billing", ["Bytes", "JSON", "Crypto", "Runtime", "Fields", "Storage"]),
        // Floor 4: effects.
        room(
            "Gateways", ["Bytes", "JSON", "Crypto", "X509", "Runtime", "Fields", "HTTP", "Storage", "Billing"]),
        room("Webhooks", ["Bytes", "JSON", "Crypto", "Runtime", "Fields", "HTTP", "Storage", "Billing"]),
        // Floor 5: what people and programs see.
        room(
            "Pages",
            ["Bytes", "JSON", "Crypto", "Runtime", "Fields", "HTTP", "Storage", "Billing", "Gateways"],
            plugins: ["EmbedPlugin"]),
        room(
            "API",
            ["Bytes", "JSON", "Crypto", "Runtime", "Fields", "HTTP", "Storage", "Billing", "Gateways", "Webhooks"]),
        // Behind the doors.
        .systemLibrary(name: "CLinux"),
        room("Platform", ["Bytes", "Runtime", "CLinux"]),
        room("Simulation", ["Bytes", "Crypto", "Runtime"]),
        // Floor 6.
        program(
            "centralpay",
            [
                "Bytes", "JSON", "Crypto", "X509", "TLS", "Runtime", "Fields", "HTTP", "HTTPS", "Storage", "Billing",
                "Gateways", "Webhooks", "Pages", "API", "Platform",
            ], plugins: ["EmbedPlugin"]),
        // Tools, not installed.
        program("EmbedTool", ["Bytes", "Runtime", "Platform"]),
        program("ctgate", ["Crypto"]),
        program("tlspeer", ["JSON", "Runtime", "Platform", "X509", "TLS", "HTTPS"]),
        .plugin(
            name: "EmbedPlugin", capability: .buildTool(), dependencies: ["EmbedTool"], path: "Sources/EmbedPlugin"),
        program(
            "Benchmarks",
            [
                "Bytes", "JSON", "Crypto", "X509", "TLS", "Runtime", "Fields", "HTTP", "Storage", "Billing", "Gateways",
                "Platform",
            ]),
        // The vendors that the adapters speak to, stateful and faulty, over any network.
        room("Peers", ["Bytes", "JSON", "Crypto", "X509", "Runtime", "HTTP"]),
        // The whole server in a simulated world, for its tests and for `simulate`.
        room(
            "Scenarios",
            [
                "Bytes", "JSON", "Crypto", "Runtime", "Fields", "HTTP", "Storage", "Billing", "Gateways", "Webhooks",
                "Simulation",
            ]),
        // The store alone on a hostile disk, likewise.
        room("StorageScenarios", ["Bytes", "Runtime", "Fields", "Storage", "Simulation"]),
        program("simulate", ["Runtime", "Platform", "Simulation", "Scenarios", "StorageScenarios"]),
        // Tests.
        tests("Bytes", ["Bytes"]),
        tests("JSON", ["Bytes", "JSON"]),
        tests("Crypto", ["Bytes", "JSON", "Crypto"]),
        tests("X509", ["Bytes", "Crypto", "X509"], exclude: ["Data"]),
        tests("TrustRoots", ["X509", "TrustRoots"]),
        tests("TLS", ["Bytes", "Crypto", "X509", "TLS"], exclude: ["Data"]),
        tests("Fields", ["Bytes", "JSON", "Runtime", "Fields"]),
        tests("Runtime", ["Runtime", "Simulation"]),
        tests("Platform", ["Bytes", "Runtime", "Platform"]),
        tests("Simulation", ["Bytes", "Runtime", "Platform", "Simulation"]),
        tests("HTTP", ["Bytes", "Runtime", "HTTP", "Simulation"], exclude: ["Data"]),
        tests("HTTPS", ["Crypto", "Runtime", "X509", "TLS", "HTTP", "HTTPS", "Simulation"]),
        tests(
            "Storage",
            ["Bytes", "Crypto", "Runtime", "Fields", "Storage", "Simulation", "StorageScenarios", "Platform"]),
        tests(
            "Adapters",
            [
                "Bytes", "JSON", "Crypto", "Runtime", "Fields", "X509", "HTTP", "Storage", "Billing", "Gateways",
                "Peers", "Simulation",
            ], exclude: ["Data"]),
        tests(
            "Gateways",
            [
                "Bytes", "JSON", "Crypto", "Runtime", "Fields", "HTTP", "Storage", "Billing", "Gateways", "Simulation",
                "Scenarios",
            ]),
        tests(
            "Webhooks",
            [
                "Bytes", "JSON", "Crypto", "Runtime", "Fields", "HTTP", "Storage", "Billing", "Webhooks", "Simulation",
            ]),
        tests("Billing", ["Bytes", "JSON", "Crypto", "Runtime", "Fields", "Storage", "Billing", "Simulation"]),
        tests(
            "Pages",
            [
                "Bytes", "JSON", "Crypto", "Runtime", "Fields", "HTTP", "Storage", "Billing", "Gateways", "Pages",
                "Simulation", "Scenarios",
            ]),
        tests(
            "API",
            [
                "Bytes", "JSON", "Crypto", "Runtime", "Fields", "HTTP", "Storage", "Billing", "Gateways", "Webhooks",
                "API", "Simulation",
            ]),
        tests(
            "centralpay",
            ["Bytes", "JSON", "Crypto", "Runtime", "Fields", "HTTP", "Storage", "Billing", "Simulation", "centralpay"]),
        tests("Server", ["Runtime", "Billing", "Simulation", "Scenarios"]),
        tests("Tidy", []),
    ]
)
