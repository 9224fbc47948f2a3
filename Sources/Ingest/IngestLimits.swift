/// The limits of reading logs, each with what happens above it.
package enum IngestLimits {
  /// Decompressed bytes handed out at a time. A chunk ends where a record does; a longer record makes a longer chunk.
  package static let chunkByteCount = 1 << 20
  /// A longer record is rejected `line-too-long`; it is skipped while it is read and never held.
  package static let recordByteCountMax = 8 << 20
  /// Raw bytes read, and hashed, at a time. Part of what a source's hash means: changing it makes all sources look new.
  package static let rawBlockByteCount = 1 << 20
  /// So many bytes of a source tell whether its lines or its documents hold the records.
  package static let formProbeByteCount = 1 << 16
  /// `dataset guess` tells the form of a log by so many of its first bytes; what comes later is not looked at.
  package static let guessProbeByteCount = 1 << 20
  /// `dataset guess` looks at the fields of so many bytes of records.
  package static let guessSampleByteCount = 4 << 20
  /// A field of a document around its records that is mapped and longer is an error.
  package static let documentFieldByteCountMax = 1 << 16
  /// `**` in the path of a dataset looks no deeper.
  package static let folderDepthMax = 32
  /// Of a rejected record at most this many bytes are kept.
  package static let rejectedTextByteCountMax = 4096
  /// A record that nests objects and arrays deeper is rejected `not-json`.
  package static let jsonDepthMax = 64
  /// A row with more fields is rejected `ragged-row`; a header with more is an error.
  package static let columnCountMax = 4096
  /// Where columns have no names, a row with more fields than this is rejected `ragged-row` if all are to be kept.
  package static let unnamedColumnCountMax = 256
  /// A dataset that makes more kinds of event from one line is an error.
  package static let eventKindCountMax = 256
  /// Instants before 1990-01-01T00:00:00Z are rejected `time-out-of-range`. Unix seconds.
  package static let earliestSecond: Int64 = 631_152_000
  /// Instants this far after arrival, or farther, are rejected `time-out-of-range`; a dataset's `ahead` may say more.
  package static let secondsAheadOfArrivalMax: Int64 = 86_400
  /// A larger `ahead` is an error.
  package static let secondsAheadOfArrivalLimit: Int64 = 400 * 86_400
  /// Past this many bytes of texts that repeat, one a column and parser, all are forgotten and collected anew.
  package static let rememberedTextByteCountMax = 16 << 20
  /// Past this many rows in memory the day that was used longest ago is written as a segment.
  package static let bufferedRowCountMax = 1_500_000
  /// Following reads at most so many bytes of a file into one batch; the rest comes with the next.
  package static let followedByteCountMax = 512 << 20
  /// More bytes than this that wait to be read are not kept waiting for the next commit.
  package static let followedByteCountWaiting = 64 << 20
  /// A followed file that lost its name is closed after so many seconds without growth.
  package static let followedSecondsAfterRotation: Int64 = 10
  /// While following, the limit of rejected records counts from so many records on.
  package static let followedRecordCountOfLimitMin = 1000
  /// The same for bytes of properties and event ids.
  package static let bufferedTextByteCountMax = 256 << 20
}
