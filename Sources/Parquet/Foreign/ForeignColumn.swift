/// The entries of one leaf in the row groups of a file, one after another: levels, and where they say so a value.
final class ForeignColumn {
  private static let batchCount = 1024

  let leaf: ForeignLeaf
  private let source: any RandomAccessBytes
  private let held: HeldBytes
  private var text: ValueText

  private var pages: ForeignPages?
  private var values: PageValues?
  private var definitions: HybridStream?
  private var repetitions: HybridStream?
  /// Entries of the chunk in pages to come, and of the page in batches to come.
  private var chunkLeft = 0
  private var pageLeft = 0

  private let definitionBatch: UnsafeMutablePointer<UInt32>
  private let repetitionBatch: UnsafeMutablePointer<UInt32>
  private var next = 0
  private var count = 0

  /// The text of each value of the dictionary, one behind another, and where each ends.
  private var dictionary = RowText(byteCountMax: 0)
  private var dictionaryEnds: [Int] = []
  private var dictionaryHeld = 0

  init(_ leaf: ForeignLeaf, of source: any RandomAccessBytes, held: HeldBytes, embedsObjects: Bool, isKey: Bool) {
    self.leaf = leaf
    self.source = source
    self.held = held
    text = ValueText(leaf.value, embedsObjects: embedsObjects, isKey: isKey)
    definitionBatch = .allocate(capacity: Self.batchCount)
    definitionBatch.initialize(repeating: 0, count: Self.batchCount)
    repetitionBatch = .allocate(capacity: Self.batchCount)
    repetitionBatch.initialize(repeating: 0, count: Self.batchCount)
  }

  deinit {
    definitionBatch.deallocate()
    repetitionBatch.deallocate()
  }

  /// Goes to the beginning of `chunk`.
  func open(_ chunk: ForeignChunk) throws {
    do {
      try chunk.check(belongsTo: leaf)
      pages = try ForeignPages(source, chunk, held: held)
    } catch let error as ParquetError {
      throw located(error)
    }
    chunkLeft = chunk.valueCount
    (pageLeft, next, count) = (0, 0, 0)
  }

  /// Ends the chunk. Throws `corruptPage` where entries are left.
  func close() throws {
    guard next == count, pageLeft == 0, chunkLeft == 0 else {
      throw located(ParquetError(.corruptPage, "the chunk holds more rows than its row group"))
    }
    values = nil
    try pages?.close()
    pages = nil
    try setDictionary(RowText(byteCountMax: 0), ends: [])
  }

  /// Makes the current entry known. Throws where the chunk is at its end.
  @inline(__always)
  func load() throws { if next == count { try loadBatch() } }

  /// How far down the current entry is there; after `load`.
  @inline(__always) var definition: Int { Int(definitionBatch[next]) }

  /// Which of the lists around it the current entry goes on; after `load`.
  @inline(__always) var repetition: Int { Int(repetitionBatch[next]) }

  /// The same of the entry that follows, 0 where none does.
  func nextRepetition() throws -> Int {
    if next == count {
      if pageLeft == 0, chunkLeft == 0 { return 0 }
      try loadBatch()
    }
    return repetition
  }

  /// Goes on to the next entry; after `load`.
  @inline(__always)
  func advance() { next &+= 1 }

  /// Appends the value of the current entry, which has one. To be called once an entry.
  func writeValue(to output: inout RowText) throws {
    do {
      switch values!.form {
      case .indices:
        let index = try values!.nextIndex()
        guard index < dictionaryEnds.count else {
          throw ParquetError(.corruptPage, "index \(index) into a dictionary of \(dictionaryEnds.count) values")
        }
        let start = index == 0 ? 0 : dictionaryEnds[index &- 1]
        output.append(UnsafeRawBufferPointer(rebasing: dictionary.bytes[start..<dictionaryEnds[index]]))
      case .words: text.append(word: try values!.nextWord(), to: &output)
      case .bytes: try text.append(bytes: try values!.nextBytes(), to: &output)
      }
    } catch let error as ParquetError {
      throw located(error)
    }
  }

  func located(_ error: ParquetError) -> ParquetError { error.located(file: "", column: leaf.name, page: pages?.index) }

  private func loadBatch() throws {
    do {
      while pageLeft == 0 { try loadPage() }
      (next, count) = (0, min(pageLeft, Self.batchCount))
      let entryCount = count
      if definitions != nil {
        count = 0
        try Self.fill(definitionBatch, entryCount, from: &definitions!, levelMax: leaf.definition)
      }
      if repetitions != nil {
        count = 0
        try Self.fill(repetitionBatch, entryCount, from: &repetitions!, levelMax: leaf.repetition)
      }
      count = entryCount
      pageLeft -= count
    } catch let error as ParquetError {
      throw located(error)
    }
  }

  private static func fill(
    _ batch: UnsafeMutablePointer<UInt32>, _ count: Int, from stream: inout HybridStream, levelMax: Int
  ) throws {
    guard try stream.next(into: batch, max: count) == count else {
      throw ParquetError(.corruptPage, "a page holds fewer levels than values")
    }
    var greatest: UInt32 = 0
    for index in 0..<count { greatest = max(greatest, batch[index]) }
    guard greatest <= UInt32(levelMax) else {
      throw ParquetError(.corruptPage, "a level of \(greatest) where the greatest is \(levelMax)")
    }
  }

  private func loadPage() throws {
    guard chunkLeft > 0, pages != nil else {
      throw ParquetError(.corruptPage, "the chunk holds fewer rows than its row group")
    }
    let header = try pages!.next()
    if header.kind == .dictionary {
      return try loadDictionary(header)
    }
    guard header.valueCount <= chunkLeft else {
      throw ParquetError(.corruptPage, "the pages hold more values than the footer says")
    }
    chunkLeft -= header.valueCount
    pageLeft = header.valueCount
    var cursor = ByteCursor(pages!.bytes)
    let isSecond = header.kind == .dataV2
    repetitions = try levels(
      &cursor, byteCount: isSecond ? header.repetitionByteCount : nil, encoding: header.repetitionEncoding,
      levelMax: leaf.repetition)
    definitions = try levels(
      &cursor, byteCount: isSecond ? header.definitionByteCount : nil, encoding: header.definitionEncoding,
      levelMax: leaf.definition)
    values = try PageValues(cursor.take(cursor.left), header.encoding, of: leaf)
  }

  /// The levels at the cursor, nil where all are 0. Without `byteCount` their length stands before them.
  private func levels(
    _ cursor: inout ByteCursor, byteCount: Int?, encoding: Int, levelMax: Int
  ) throws -> HybridStream? {
    if levelMax == 0 {
      if let byteCount { _ = try cursor.take(byteCount) }
      return nil
    }
    guard encoding == Int(Encoding.rle.rawValue) || byteCount != nil else {
      throw ParquetError(
        .unsupported, "levels in encoding \(encoding) are not read", hint: "export the file again with a newer writer")
    }
    let section = try cursor.take(try byteCount ?? Int(cursor.word()))
    return try HybridStream(section, width: bitWidth(UInt64(levelMax)))
  }

  private func loadDictionary(_ header: ForeignPageHeader) throws {
    guard header.encoding == .plain || header.encoding == .plainDictionary, leaf.physicalType != PhysicalType.boolean
    else {
      throw ParquetError(
        .unsupported, "a dictionary in encoding \(header.encoding) is not read",
        hint: "export the file again without dictionaries")
    }
    let bytes = pages!.bytes
    guard header.valueCount <= bytes.count / max(leaf.valueByteCount, plainLengthByteCount) else {
      throw ParquetError(.corruptPage, "a dictionary holds fewer values than it announces")
    }
    let plain = try PageValues(bytes, .plain, of: leaf)
    var texts = RowText(byteCountMax: Limits.foreignHeldByteCountMax)
    var ends: [Int] = []
    ends.reserveCapacity(header.valueCount)
    for _ in 0..<header.valueCount {
      switch plain.form {
      case .words: text.append(word: try plain.nextWord(), to: &texts)
      default: try text.append(bytes: try plain.nextBytes(), to: &texts)
      }
      ends.append(texts.count)
    }
    guard !texts.isOverfull else {
      throw ParquetError(
        .unsupported, "a dictionary of more than \(Limits.foreignHeldByteCountMax >> 20) MiB",
        hint: "export the file without dictionaries, or with smaller row groups")
    }
    try setDictionary(texts, ends: ends)
  }

  private func setDictionary(_ texts: consuming RowText, ends: [Int]) throws {
    let byteCount = texts.count + ends.count * MemoryLayout<Int>.size
    try held.replace(dictionaryHeld, by: byteCount)
    dictionaryHeld = byteCount
    dictionary = texts
    dictionaryEnds = ends
  }
}
