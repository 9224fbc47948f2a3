/// A door through which bytes of anybody come in, and what must hold behind it whatever they are.
///
/// ```
/// for probe in Probe.all { bytes.withUnsafeBytes { probe.run($0) } }      // ends the process where something is wrong
/// ```
/// The same probes run under libFuzzer (`make fuzz`) and, over the committed corpus, in the ordinary tests.
package struct Probe: Sendable {
  /// The folder of its corpus.
  package let name: String
  /// Errors are answers here; a trap, a hang or a large allocation is none.
  package let run: @Sendable (UnsafeRawBufferPointer) -> Void

  /// All of them.
  package static let all = [
    json, csv, parquetLog, parquetFile, parquetPages, filter, settings, dataset, block, blockFile, roaring, memberTable,
    firstDays, activityIndex,
  ]

  /// The probe called `name`.
  package static func named(_ name: String) -> Probe? { all.first { $0.name == name } }
}
