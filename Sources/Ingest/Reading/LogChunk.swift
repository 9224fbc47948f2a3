/// Whole records of a source, about 1 MiB of them, or a stretch that could not be handed out as records.
package struct LogChunk: Sendable {
  /// Bytes that may be read behind the last record; they are 0.
  package static let paddingByteCount = 64

  /// The records with their line breaks, then padding.
  let bytes: [UInt8]
  /// Without the padding.
  package let byteCount: Int
  /// Where the first byte lies in the (decompressed) source.
  package let byteOffset: Int
  /// Lines between the previous chunk's end and the first byte: those of the header.
  let precedingLineCount: Int
  /// Offsets of line breaks that stand inside quotes, ascending: they end no record.
  let joinedBreaks: [Int]
  /// The last record has no line break because the source ends there.
  let isUnterminated: Bool
  /// Set where the bytes are the first of something that cannot be read as a record.
  let fault: Fault?
  /// Where the records stand in the source, where they come from documents.
  let places: RecordPlaces?

  struct Fault: Sendable {
    var reason: RejectionReason
    var detail: String
    var lineCount: Int
  }

  /// A copy of `records`.
  init(
    records: UnsafeRawBufferPointer, byteOffset: Int, precedingLineCount: Int = 0, joinedBreaks: [Int] = [],
    isUnterminated: Bool = false, fault: Fault? = nil, places: RecordPlaces? = nil
  ) {
    bytes = [UInt8](unsafeUninitializedCapacity: records.count + Self.paddingByteCount) { buffer, filled in
      let room = UnsafeMutableRawBufferPointer(buffer)
      if records.count > 0 { room.copyMemory(from: records) }
      for index in records.count..<records.count + Self.paddingByteCount { room[index] = 0 }
      filled = records.count + Self.paddingByteCount
    }
    byteCount = records.count
    self.byteOffset = byteOffset
    self.precedingLineCount = precedingLineCount
    self.joinedBreaks = joinedBreaks
    self.isUnterminated = isUnterminated
    self.fault = fault
    self.places = places
  }
}
