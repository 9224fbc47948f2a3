// swift-tools-version: 6.2
import PackageDescription

/// Every target: strict concurrency comes with the language mode, warnings are errors,
/// imports are internal unless said otherwise.
let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A target of `Sources/`, in the order in which the data travels.
func source(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: settings)
}

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let server: [Target.Dependency] = [
  .product(name: "HummingbirdCore", package: "hummingbird"),
  .product(name: "Logging", package: "swift-log"),
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
  .product(name: "UnixSignals", package: "swift-service-lifecycle"),
]
let store: [Target.Dependency] = ["Segments", "Parquet", "Events", "Columns"]

/// The program carries Swift's runtime and Foundation inside: it runs where no toolchain is, and a process starts
/// in two thirds of the time, with fifteen libraries fewer to find.
let runtimeInside: LinkerSetting = .unsafeFlags(
  ["-static-stdlib", "-use-ld=lld"]
    + [
      "Foundation", "FoundationInternationalization", "FoundationEssentials", "CoreFoundation", "_FoundationICU",
      "_FoundationCShims", "_FoundationCollections", "stdc++",
    ].map { "-l\($0)" },
  .when(platforms: [.linux], configuration: .release))

let package = Package(
  name: "muster",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "muster", targets: ["muster"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // What stands behind Hummingbird's types.
    .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.0.0"),
  ],
  targets: [
    // C: system libraries and header-only kernels.
    .systemLibrary(
      name: "CZstd", path: "Sources/CModules/CZstd", pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/CModules/CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CKernels", path: "Sources/CModules/CKernels"),
    .target(name: "CDurability", path: "Sources/CModules/CDurability"),

    // The journey of the data, one way.
    source("Columns", ["CKernels"]),
    source("Events", ["Columns"]),
    source("Parquet", ["Columns", "CZstd", "CZlib"]),
    source("Segments", ["Parquet", "Events", "Columns", "CDurability", grdb, yams]),
    source("Ingest", store + ["CZstd", "CZlib"]),
    source("Aggregation", store),
    source("Experiments", [.product(name: "Numerics", package: "swift-numerics")]),
    source("Trials", store + ["Aggregation", "Experiments"]),
    source("Dashboards", store + ["Aggregation", "Trials"]),
    source("Pipelines", store + ["Ingest", "Aggregation", "Dashboards"]),
    source("DashboardServer", ["Dashboards"] + server),
    .executableTarget(
      name: "muster",
      dependencies: store + [
        "Ingest", "Aggregation", "Experiments", "Trials", "Dashboards", "Pipelines", "DashboardServer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        // Not imported here: the compiler looks for the C modules behind DashboardServer.
      ] + server,
      swiftSettings: settings, linkerSettings: [runtimeInside]),

    .target(name: "TestSupport", dependencies: store + ["Ingest"], path: "Tests/TestSupport", swiftSettings: settings),
    tests("ColumnsTests", ["Columns"]),
    tests("EventsTests", ["Events"]),
    tests("ParquetTests", ["Parquet", "Columns"]),
    tests("SegmentsTests", store),
    tests("IngestTests", store + ["Ingest"]),
    tests("AggregationTests", store + ["Ingest", "Aggregation"]),
    tests("ExperimentsTests", ["Experiments", "Simulations"]),
    tests("TrialsTests", store + ["Ingest", "Aggregation", "Experiments", "Trials"]),
    tests("DashboardsTests", store + ["Ingest", "Aggregation", "Dashboards"]),
    tests("DashboardServerTests", ["DashboardServer", "Dashboards"] + server),
    .testTarget(
      name: "EndToEndTests", dependencies: ["TestSupport"] + server, exclude: ["Scenarios", "installed.sh"],
      swiftSettings: settings),
    tests("TidyTests", []),

    // Experiments simulated, timed, and asked by other engines: `make simulate-experiments`, `make verify`.
    .target(
      name: "Simulations", dependencies: ["Experiments", "TestSupport"], path: "Tests/Simulations/Scenes",
      swiftSettings: settings),
    .executableTarget(
      name: "ExperimentChecks", dependencies: ["Experiments", "Simulations"], path: "Tests/Simulations/Program",
      swiftSettings: settings),

    // Doors for bytes of anybody: replayed over a corpus here, fuzzed by `make fuzz`.
    .target(
      name: "FuzzProbes", dependencies: store + ["Ingest", "Aggregation"], path: "Tests/Fuzz/Probes",
      swiftSettings: settings),
    tests("FuzzTests", ["FuzzProbes"]),
  ],
  swiftLanguageModes: [.v6]
)

// libFuzzer brings its own `main`, and everything is built for it: only on demand, in a folder of its own.
if Context.environment["MUSTER_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["FuzzProbes"], path: "Tests/Fuzz/Driver",
      swiftSettings: settings,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]))
}

// Under a sanitizer everything is built anew: only what `make check-deep` tests there.
if let sanitizer = Context.environment["MUSTER_SANITIZE"] {
  let tested = ["ColumnsTests", "ParquetTests", "SegmentsTests", "IngestTests"]
  let needed = ["Columns", "Events", "Parquet", "Segments", "Ingest", "TestSupport"]
  package.targets.removeAll { !(tested + needed).contains($0.name) && !$0.name.hasPrefix("C") }
  package.products = []
  if sanitizer == "thread" {
    package.targets.append(.target(name: "ThreadHooks", path: "Tests/ThreadHooks", exclude: ["suppressions"]))
    package.targets.first { $0.name == "TestSupport" }?.dependencies.append("ThreadHooks")
  }
}
