import Testing

/// The way of the data: what each target of `Sources` may import.
@Suite struct ImportTests {
  /// Nothing else, besides the modules of the system.
  static let allowed: [String: Set<String>] = [
    "Columns": ["CKernels"],
    "Events": ["Columns"],
    "Parquet": ["Columns", "CZstd", "CZlib"],
    "Segments": ["Parquet", "Events", "Columns", "CDurability", "GRDB", "Yams"],
    "Ingest": ["Segments", "Parquet", "Events", "Columns", "CZstd", "CZlib"],
    "Aggregation": ["Segments", "Parquet", "Events", "Columns"],
    "Experiments": ["Numerics", "RealModule"],
    "Trials": ["Aggregation", "Experiments", "Segments", "Parquet", "Events", "Columns"],
    "Dashboards": ["Aggregation", "Trials", "Segments", "Parquet", "Events", "Columns"],
    "Pipelines": ["Ingest", "Dashboards", "Aggregation", "Segments", "Parquet", "Events", "Columns"],
    "DashboardServer": [
      "Dashboards", "Hummingbird", "HummingbirdCore", "Logging", "ServiceLifecycle", "UnixSignals",
    ],
    "muster": [
      "Columns", "Events", "Parquet", "Segments", "Ingest", "Aggregation", "Experiments", "Trials", "Dashboards",
      "Pipelines", "DashboardServer", "ArgumentParser",
    ],
  ]
  static let system: Set<String> = ["Glibc", "Dispatch", "Synchronization"]
  /// Targets in the path of every event, which start and run without Foundation.
  static let withoutFoundation: Set<String> = [
    "Columns", "Events", "Parquet", "Segments", "Aggregation", "Experiments",
  ]

  @Test("A target imports only what stands before it on the way")
  func imports() {
    expectNone(
      Repository.swiftFiles(below: "Sources").flatMap { file in
        importedModules(of: file).filter { !Self.mayImport(target: file.target, module: $0.module) }
          .map { Offence(path: file.path, line: $0.line, message: "\(file.target) may not import \($0.module)") }
      })
  }

  @Test("Every folder of the sources is in the table, and every target of the table has a folder")
  func table() {
    let folders = Set(Repository.swiftFiles(below: "Sources").map(\.target))
    #expect(folders.subtracting(["CModules"]) == Set(Self.allowed.keys))
  }

  @Test(
    "The table says who may import what",
    arguments: [
      ("Events", "Columns", true), ("Columns", "Events", false), ("Events", "Foundation", false),
      ("Ingest", "FoundationEssentials", true), ("DashboardServer", "NIOCore", true), ("Ingest", "NIOCore", false),
      ("DashboardServer", "Segments", false), ("Aggregation", "Synchronization", true), ("Segments", "GRDB", true),
      ("Aggregation", "GRDB", false), ("Nowhere", "Columns", false),
    ])
  func rows(target: String, module: String, isAllowed: Bool) {
    #expect(Self.mayImport(target: target, module: module) == isAllowed)
  }

  static func mayImport(target: String, module: String) -> Bool {
    if system.contains(module) || allowed[target]?.contains(module) == true { return true }
    if module.hasPrefix("Foundation") { return !withoutFoundation.contains(target) }
    return target == "DashboardServer" && module.hasPrefix("NIO")
  }
}

/// The modules that a file imports, with the lines from 1; `import struct A.B` imports `A`.
private func importedModules(of file: SourceFile) -> [(line: Int, module: String)] {
  let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
  return file.code.indices.compactMap { index in
    let words = file.code[index].split(separator: " ")
    guard let keyword = words.firstIndex(of: "import"),
      words[..<keyword].allSatisfy({ modifierWords.contains(String($0)) || $0.hasPrefix("@") })
    else { return nil }
    let name = words[(keyword + 1)...].first { !kinds.contains($0) } ?? ""
    return (index + 1, String(name.prefix { $0 != "." }))
  }
}
