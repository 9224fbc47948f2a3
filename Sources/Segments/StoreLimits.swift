/// The limits of the store, each with what happens above it.
package enum StoreLimits {
  /// A larger YAML file is refused: it is not one that a person wrote.
  package static let configurationByteCountMax = 1 << 20
  /// More event names are refused: such a field is a dimension.
  package static let eventNameCountMax = 10_000
  /// A row group ends here and the next begins.
  package static let rowGroupRowCountMax = 1 << 20
  /// More attributes of members are refused.
  package static let factAttributeCountMax = 256
  /// A longer name of an attribute is refused.
  package static let factNameByteCountMax = 128
  /// Replaced member facts are kept at least so long for those who still read them.
  package static let retiredFactsSecondsMin: Int64 = 3600
  /// A segment with as many rows is not small: compaction leaves it alone. What compaction writes ends at a row group.
  package static let smallSegmentRowCountMax = 1 << 19
  /// A dimension with more values in a segment has no sets in its activity index: questions of it scan.
  package static let indexedValueCountMax = 256
  /// A batch makes at most so many missing indexes anew when it begins; upkeep makes all of them.
  package static let mendedIndexCountMax = 8
  /// More small segments of a day are merged by the nightly step; fewer wait.
  package static let smallSegmentCountMax = 4
}
