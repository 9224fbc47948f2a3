package import Columns

/// The records of one chunk in input order, each either stored in the columns or rejected.
///
/// All columns have as many rows as `ts`. Codes are given in order of first appearance in the chunk.
package struct RecordBatch: Sendable {
  /// Microseconds UTC.
  package var ts: [Int64] = []
  /// Never null.
  package var member = TextColumn()
  /// Never null.
  package var event = TextColumn()
  /// In the order of `EventSchema.dimensions`; null where the record has none or an empty one.
  package var dimensions: [TextColumn]
  /// Canonical JSON objects: keys sorted by their bytes, no white space, fewest escapes, numbers as written;
  /// null where nothing is left.
  package var properties = TextColumn()
  /// Only where the parser was told to keep them; null where a record has none.
  package var eventIDs: TextColumn?
  package var identities: [RecordIdentity] = []
  package var rejected: [RejectedRecord] = []
  /// Line breaks passed since the previous chunk's end (a last line without one counts): adding them up makes
  /// line numbers absolute.
  package var lineCount = 0
  /// Lines of a dataset with several event kinds that matched none of them: they hold no record.
  package var unmatchedLineCount = 0

  /// An empty batch.
  package init(dimensionCount: Int, keepsEventID: Bool) {
    dimensions = Array(repeating: TextColumn(), count: dimensionCount)
    eventIDs = keepsEventID ? TextColumn() : nil
  }

  /// Records that were read: stored or not.
  package var readCount: Int { ts.count + rejected.count }
}

/// What tells a record from others for the duplicate check. Hashes rest on the mapped text alone: neither on
/// codes, chunks, the order of fields, nor on white space in the source.
package struct RecordIdentity: Sendable, Hashable, BitwiseCopyable {
  /// Hash of the declared event id, 0 where the record has none; never 0 where it has one. With `duplicates: line`
  /// it stands for the whole content. Where a line makes several kinds of event, the event's name is part of it.
  package var idHash: UInt64
  /// Hash of ts, member, event, dimensions and properties.
  package var contentHash: UInt64

  package init(idHash: UInt64, contentHash: UInt64) {
    self.idHash = idHash
    self.contentHash = contentHash
  }
}

/// A record that is not stored, and why.
package struct RejectedRecord: Sendable, Equatable {
  package var reason: RejectionReason
  /// From 1, within the chunk: the record's first line.
  package var line: Int
  /// Where the record starts in the (decompressed) source.
  package var byteOffset: Int
  /// One sentence without a full stop: what was found.
  package var detail: String
  /// The first bytes of the record, at most `IngestLimits.rejectedTextByteCountMax`.
  package var text: [UInt8]

  package init(reason: RejectionReason, line: Int, byteOffset: Int, detail: String, text: [UInt8]) {
    self.reason = reason
    self.line = line
    self.byteOffset = byteOffset
    self.detail = detail
    self.text = text
  }
}

/// Why a record is not stored.
package enum RejectionReason: String, Sendable, CaseIterable {
  /// The line is not one JSON value.
  case notJSON = "not-json"
  /// The line is JSON, and not an object.
  case notAnObject = "not-an-object"
  /// The last line has no line break and cannot be read: the source was probably cut off there.
  case truncated
  case lineTooLong = "line-too-long"
  case invalidUTF8 = "invalid-utf8"
  /// A NUL byte, or `\u0000` in a mapped text.
  case nulByte = "nul-byte"
  case missingTime = "missing-time"
  case unreadableTime = "unreadable-time"
  /// Before 1990, or a day or more after arrival.
  case timeOutOfRange = "time-out-of-range"
  /// Absent, null, empty, or no text.
  case missingMember = "missing-member"
  /// Absent, null, empty, or no text.
  case missingEvent = "missing-event"
  /// More or fewer fields than the header has.
  case raggedRow = "ragged-row"
  /// A quote is never closed, or text follows the closing one.
  case unclosedQuote = "unclosed-quote"
  /// The compressed source is cut off or damaged; nothing after this place could be read.
  case sourceEndedEarly = "source-ended-early"
  /// The day of the record no longer remembers its records (given by the duplicate check).
  case pastWindow = "past-window"
  /// The day of the record is past the retention period (given by the store).
  case expired
  /// The member was forgotten (given by the store); the text is not kept.
  case erased
}
