package import Columns
package import Segments

/// The records of one chunk in input order, each either stored in the columns or rejected.
///
/// All columns have as many rows as `ts`.
package struct RecordBatch: Sendable {
  /// Microseconds UTC.
  package var ts: [Int64] = []
  /// Never missing.
  package var member = RowTexts()
  /// The `byteHash` of each member's id.
  package var memberHashes: [UInt64] = []
  /// Never missing.
  package var event = CodedTexts()
  /// In the order of `EventSchema.dimensions`; missing where the record has none or an empty one.
  package var dimensions: [CodedTexts]
  /// Canonical JSON objects: keys sorted by their bytes, no white space, fewest escapes, numbers as written;
  /// missing where nothing is left.
  package var properties = RowTexts()
  /// Only where the parser was told to keep them; missing where a record has none.
  package var eventIDs: RowTexts?
  package var identities: [RecordIdentity] = []
  /// The chunk that it was made from: places of its rows are looked for there, where they are asked for.
  package var chunk: LogChunk?
  package var rejected: [RejectedRecord] = []
  /// Line breaks passed since the previous chunk's end (a last line without one counts): adding them up makes
  /// line numbers absolute.
  package var lineCount = 0
  /// Lines of a dataset with several event kinds that matched none of them: they hold no record.
  package var unmatchedLineCount = 0

  /// An empty batch.
  package init(dimensionCount: Int, keepsEventID: Bool) {
    dimensions = Array(repeating: CodedTexts(), count: dimensionCount)
    eventIDs = keepsEventID ? RowTexts() : nil
  }

  /// Records that were read: stored or not.
  package var readCount: Int { ts.count + rejected.count }
}

/// A column whose texts repeat, from a parser that goes on counting its codes from chunk to chunk.
package struct CodedTexts: Sendable {
  /// By row; `TextColumn.null` where the text is missing.
  package var codes: [UInt32] = []
  /// No row has a text.
  package var isMissing = false
  /// Codes below this one were explained by earlier batches of the same parser; at 0 all codes begin anew.
  package var firstNewCode: UInt32 = 0
  /// The texts of the codes from `firstNewCode` on.
  package var newTexts = RowTexts()

  /// The text of `row`, nil where it is missing.
  /// - Precondition: this batch explains it.
  package subscript(row: Int) -> String? {
    let code = codes[row]
    if code == TextColumn.null { return nil }
    precondition(code >= firstNewCode, "an earlier batch explained the code")
    return newTexts[Int(code - firstNewCode)]
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
  /// Of the whole record.
  package var byteCount: Int
  /// Which kind of event of its line, where the dataset makes several; nil where all of the line is meant.
  package var kind: Int?

  /// - Parameters:
  ///   - byteCount: nil where `text` is the whole record.
  ///   - kind: nil where all of the line is meant.
  package init(
    reason: RejectionReason, line: Int, byteOffset: Int, detail: String, text: [UInt8], byteCount: Int? = nil,
    kind: Int? = nil
  ) {
    self.reason = reason
    self.line = line
    self.byteOffset = byteOffset
    self.detail = detail
    self.text = text
    self.byteCount = byteCount ?? text.count
    self.kind = kind
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
  /// The zone of a member, an attribute called `time-zone`, is none that exists.
  case unknownTimeZone = "unknown-time-zone"
}
