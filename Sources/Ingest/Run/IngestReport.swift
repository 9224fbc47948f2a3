package import Events
package import Segments

/// What one call of ingest did.
package struct IngestReport: Sendable {
  package var totals = BatchTotals()
  /// Community days that got records, ascending.
  package var days: [CommunityDay] = []
  /// Sources that held nothing new, by path.
  package var skippedSources: [String] = []
  /// Rejected records by reason.
  package var rejections: [RejectionReason: Int] = [:]
  /// The first rejected records, as `file:line: reason: detail`.
  package var examples: [String] = []
  /// Rows of member facts that replaced what was known; they count as stored.
  package var replacedFacts = 0
  /// Records that were not read again out of the quarantine, by why.
  package var leftInQuarantine: [String: Int] = [:]
  /// Path of the quarantine file, where records were rejected.
  package var quarantineFile: String?

  package init() {}

  /// `missing-time 3, not-json 1`, most frequent first.
  package var rejectionSummary: String {
    rejections.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
      .map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
  }
}

/// How far a call of ingest has come.
package struct IngestProgress: Sendable {
  package var path: String
  /// From 1.
  package var sourceNumber: Int
  package var sourceCount: Int
  /// Part of this source that was read; nil where its length is unknown.
  package var fraction: Double?
  /// Records read so far in the call.
  package var read: Int
}
