internal import Events
internal import Segments
internal import Synchronization

/// How the days of a question were answered, over all threads.
final class ScanTally: Sendable {
  private struct State {
    var indexedDayCount = 0
    var scannedDayCount = 0
    /// What is wrong with an index, by day.
    var faults: [CommunityDay: StoreError] = [:]
  }

  private let state = Mutex(State())

  /// Counts a day that the index answered, or that was scanned.
  func count(fromIndex: Bool) {
    state.withLock {
      if fromIndex { $0.indexedDayCount += 1 } else { $0.scannedDayCount += 1 }
    }
  }

  /// How many days the index answered, and how many were scanned.
  var dayCounts: (indexed: Int, scanned: Int) { state.withLock { ($0.indexedDayCount, $0.scannedDayCount) } }

  /// Notes that an index could not be used.
  func note(_ error: StoreError, day: CommunityDay) { state.withLock { $0.faults[day] = error } }

  /// Says in an answer where its numbers came from.
  func report(to answer: inout Answer) {
    let state = state.withLock { $0 }
    let isScanned = state.scannedDayCount > 0 || answer.statistics.rowsScanned > 0
    answer.statistics.fromIndex = state.indexedDayCount > 0 && !isScanned
    if let note = Self.note(state.faults) { answer.notes.append(note) }
  }

  private static func note(_ faults: [CommunityDay: StoreError]) -> String? {
    guard let first = faults.keys.min(), let error = faults[first] else { return nil }
    let isMissing = faults.values.allSatisfy { $0.code == .notFound }
    let days = faults.count == 1 ? "\(first)" : "\(faults.count) days from \(first) on"
    let what =
      isMissing
      ? "missing: segments were read instead. `muster store reindex` makes it."
      : "damaged: segments were read instead. \(error.message); `muster store check --repair` makes it anew."
    return "The activity index of \(days) is \(what)"
  }
}
