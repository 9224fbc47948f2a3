/// Whole records of a source, about 1 MiB of them, or a stretch that could not be handed out as records.
package struct LogChunk: Sendable {
  /// Bytes that may be read behind the last record; they are 0.
  package static let paddingByteCount = 64

  /// The records with their line breaks; padding lies behind them.
  var records: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory.bytes[..<byteCount]) }
  private let memory: ChunkMemory
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

  /// The first `byteCount` bytes of `memory`, which is not written to any more.
  init(
    _ memory: ChunkMemory, byteCount: Int, byteOffset: Int, precedingLineCount: Int = 0, joinedBreaks: [Int] = [],
    isUnterminated: Bool = false, fault: Fault? = nil, places: RecordPlaces? = nil
  ) {
    let padding = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[byteCount..<byteCount + Self.paddingByteCount])
    padding.initializeMemory(as: UInt8.self, repeating: 0)
    self.memory = memory
    self.byteCount = byteCount
    self.byteOffset = byteOffset
    self.precedingLineCount = precedingLineCount
    self.joinedBreaks = joinedBreaks
    self.isUnterminated = isUnterminated
    self.fault = fault
    self.places = places
  }
}

extension LogChunk {
  /// A copy of `records`.
  init(
    records: UnsafeRawBufferPointer, byteOffset: Int, precedingLineCount: Int = 0, joinedBreaks: [Int] = [],
    isUnterminated: Bool = false, fault: Fault? = nil
  ) {
    let memory = ChunkPool().take(records.count)
    if records.count > 0 { memory.bytes.copyMemory(from: records) }
    self.init(
      memory, byteCount: records.count, byteOffset: byteOffset, precedingLineCount: precedingLineCount,
      joinedBreaks: joinedBreaks, isUnterminated: isUnterminated, fault: fault)
  }
}
