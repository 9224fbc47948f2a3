/// The values of one page, one after another, whatever their encoding: as words, bytes or indices.
final class PageValues {
  /// How values are asked for.
  enum Form {
    /// `nextIndex`, into the chunk's dictionary.
    case indices
    /// `nextWord`: BOOLEAN, integers, FLOAT and DOUBLE by their bits.
    case words
    /// `nextBytes`: BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY, INT96.
    case bytes
  }

  private enum Source {
    case nothing
    case fixed
    case bits
    case runs(HybridStream)
    case delta(DeltaStream)
    case prefixed
    case lengths(DeltaNumbers)
    case suffixes(prefixes: DeltaNumbers, lengths: DeltaNumbers)
    case split
  }

  let form: Form
  private var source: Source
  private var cursor: ByteCursor
  private let isNarrow: Bool
  private let isSigned: Bool
  /// Bytes of a value, where all have the same.
  private let size: Int
  /// Values taken from `fixed`, `bits` or `split`.
  private var taken = 0
  private var buffer = WordBuffer()
  /// The value before, of `suffixes`; the value, of `split`.
  private var scratch = PageBuffer(capacity: 0)

  /// The values that fill `section`; sixteen bytes behind it are readable.
  ///
  /// Throws `unsupported` where no writer would write `leaf` in `encoding`.
  init(_ section: UnsafeRawBufferPointer, _ encoding: Encoding, of leaf: ForeignLeaf) throws {
    let type = leaf.physicalType
    let isBytes = type == PhysicalType.bytes || type == PhysicalType.fixedBytes || type == PhysicalType.int96
    let isInteger = type == PhysicalType.int32 || type == PhysicalType.int64
    isNarrow = type == PhysicalType.int32 || type == PhysicalType.float
    size = leaf.valueByteCount
    cursor = ByteCursor(section)
    let isDictionary = encoding == .rleDictionary || encoding == .plainDictionary
    form = isDictionary ? .indices : isBytes ? .bytes : .words
    isSigned = type == PhysicalType.int32
    if section.isEmpty {
      source = .nothing
      return
    }
    switch encoding {
    case .plain where type == PhysicalType.boolean: source = .bits
    case .plain where type == PhysicalType.bytes: source = .prefixed
    case .plain: source = .fixed
    case .plainDictionary, .rleDictionary:
      let width = Int(try cursor.byte())
      source = .runs(try HybridStream(cursor.take(cursor.left), width: width))
    case .rle where type == PhysicalType.boolean:
      let count = Int(try cursor.word())
      source = .runs(try HybridStream(cursor.take(count), width: 1))
    case .deltaBinaryPacked where isInteger: source = .delta(try DeltaStream(section))
    case .deltaLengthByteArray where type == PhysicalType.bytes:
      source = .lengths(try Self.numbers(&cursor))
    case .deltaByteArray where isBytes && type != PhysicalType.int96:
      let prefixes = try Self.numbers(&cursor)
      source = .suffixes(prefixes: prefixes, lengths: try Self.numbers(&cursor))
    case .byteStreamSplit where type != PhysicalType.boolean && type != PhysicalType.bytes: source = .split
    default:
      throw ParquetError(
        .unsupported, "encoding \(encoding) is not read for this type",
        hint: "export the file again with the writer's default encodings")
    }
  }

  /// The delta numbers at the cursor, which then stands behind them.
  private static func numbers(_ cursor: inout ByteCursor) throws -> DeltaNumbers {
    let rest = UnsafeRawBufferPointer(rebasing: cursor.bytes[cursor.offset...])
    let stream = try DeltaStream(rest)
    var walker = stream
    _ = try cursor.take(walker.offsetBehind())
    return DeltaNumbers(stream)
  }

  private var tooFew: ParquetError { ParquetError(.corruptPage, "the page holds fewer values than levels") }

  /// The next value as a word: a number in its sign, the bits of a FLOAT or DOUBLE, 0 or 1.
  @inline(__always)
  func nextWord() throws -> Int64 {
    if buffer.isEmpty { try fillWords() }
    return buffer.next()
  }

  /// The next index into a dictionary.
  @inline(__always)
  func nextIndex() throws -> Int {
    if buffer.isEmpty { try fillFromRuns() }
    return Int(buffer.next())
  }

  private func fillFromRuns() throws {
    guard case .runs(var stream) = source else { throw tooFew }
    try buffer.fillNarrow { try stream.next(into: $0, max: $1) }
    source = .runs(stream)
    if buffer.isEmpty { throw tooFew }
  }

  private func fillWords() throws {
    let (section, size, from) = (cursor.bytes, size, taken)
    switch source {
    case .runs: return try fillFromRuns()
    case .delta(var stream):
      try buffer.fill { try stream.next(into: $0, max: $1) }
      source = .delta(stream)
      if isNarrow { buffer.change { Int64(Int32(truncatingIfNeeded: $0)) } }
    case .bits:
      buffer.fill { output, max in
        let count = min(max, section.count * 8 - from)
        for index in 0..<count { output[index] = Int64(section[(from + index) >> 3] >> UInt8((from + index) & 7) & 1) }
        return count
      }
    case .fixed:
      let (isNarrow, isSigned) = (isNarrow, isSigned)
      buffer.fill { output, max in
        let count = min(max, section.count / size - from)
        for index in 0..<count {
          let offset = (from &+ index) &* size
          if isNarrow {
            let word = UInt32(littleEndian: section.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            output[index] = isSigned ? Int64(Int32(bitPattern: word)) : Int64(word)
          } else {
            output[index] = Int64(littleEndian: section.loadUnaligned(fromByteOffset: offset, as: Int64.self))
          }
        }
        return count
      }
    case .split:
      let isSigned = isSigned
      buffer.fill { output, max in
        let stride = section.count / size
        let count = min(max, stride - from)
        for index in 0..<count {
          var word: UInt64 = 0
          for byte in 0..<size { word |= UInt64(section[byte * stride + from + index]) << UInt64(byte * 8) }
          output[index] = isSigned ? Int64(Int32(truncatingIfNeeded: word)) : Int64(bitPattern: word)
        }
        return count
      }
    default: throw tooFew
    }
    if buffer.isEmpty { throw tooFew }
    taken += buffer.count
  }

  /// The next value as bytes, valid until the next call.
  func nextBytes() throws -> UnsafeRawBufferPointer {
    switch source {
    case .prefixed:
      guard cursor.left >= plainLengthByteCount else { throw tooFew }
      return try cursor.take(Int(try cursor.word()))
    case .fixed:
      guard cursor.left >= size else { throw tooFew }
      return try cursor.take(size)
    case .lengths(var lengths):
      let count = try lengths.next()
      source = .lengths(lengths)
      return try take(count)
    case .suffixes(var prefixes, var lengths):
      let (prefix, count) = (try prefixes.next(), try lengths.next())
      source = .suffixes(prefixes: prefixes, lengths: lengths)
      guard prefix >= 0, prefix <= scratch.count else {
        throw ParquetError(.corruptPage, "a text shares \(prefix) bytes with one of \(scratch.count)")
      }
      scratch.cut(to: prefix)
      scratch.append(try take(count))
      guard size == 0 || scratch.count == size else { throw wrongSize(scratch.count) }
      return scratch.bytes
    case .split:
      let stride = cursor.bytes.count / size
      guard taken < stride else { throw tooFew }
      scratch.removeAll()
      for byte in 0..<size { scratch.append(cursor.bytes[byte * stride + taken]) }
      taken += 1
      return scratch.bytes
    default: throw tooFew
    }
  }

  private func take(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count >= 0 else { throw ParquetError(.corruptPage, "a text of \(count) bytes") }
    return try cursor.take(count)
  }

  private func wrongSize(_ count: Int) -> ParquetError {
    ParquetError(.corruptPage, "a value of \(count) bytes where all have \(size)")
  }
}

extension ForeignLeaf {
  /// Bytes of a value; 0 where they differ, or are less than one.
  var valueByteCount: Int {
    switch physicalType {
    case PhysicalType.int32, PhysicalType.float: 4
    case PhysicalType.int64, PhysicalType.double: 8
    case PhysicalType.int96: 12
    case PhysicalType.fixedBytes: byteCount
    default: 0
    }
  }
}
