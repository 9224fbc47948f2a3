import Columns
import Parquet

extension Probe {
  /// A whole file, footer and all.
  static let parquetFile = Probe(name: "parquet-file") { readParquet(Array($0)) }

  /// The pages of one column: the first four bytes choose type, codec and number of rows, the rest is the chunk.
  ///
  /// The footer around it is always sound, so the pages are reached at once. Many rows are rare: they take long.
  static let parquetPages = Probe(name: "parquet-pages") { bytes in
    if bytes.count < 4 { return }
    readParquet(
      FooterFrame(
        physicalType: [1, 2, 6, 3][Int(bytes[0] & 3)], isTimestamp: bytes[0] & 4 != 0, isOptional: bytes[0] & 8 != 0,
        codec: Int(bytes[1] & 7),
        rowCount: (Int(bytes[2]) | Int(bytes[3]) << 8) << (bytes[1] >> 3 == 31 ? 10 : 0)
      ).file(around: Array(bytes.dropFirst(4))))
  }
}

/// Everything that anyone reads of a file: damage is a `ParquetError`, and the same in every way to read it.
private func readParquet(_ bytes: [UInt8]) {
  do {
    let reader = try ParquetReader(bytes, name: "probe")
    for group in reader.rowGroups.indices {
      for column in reader.columns.indices {
        _ = try? reader.pages(column: column, rowGroup: group)
        if let values = try? reader.read(column: column, rowGroup: group) {
          precondition(values.count == reader.rowGroups[group].rowCount, "a chunk has the rows of its group")
        }
      }
    }
    try reader.check()
  } catch is ParquetError {
    return
  } catch {
    preconditionFailure("not a ParquetError: \(error)")
  }
}

/// A file of one column and one row group around a chunk of any bytes, written by nothing of Muster's.
///
/// ```
/// PAR1 │ chunk │ footer in Thrift's compact protocol │ length of the footer │ PAR1
/// ```
private struct FooterFrame {
  var physicalType: Int
  var isTimestamp: Bool
  var isOptional: Bool
  var codec: Int
  var rowCount: Int

  func file(around chunk: [UInt8]) -> [UInt8] {
    let footer = footer(chunkByteCount: chunk.count)
    let length = (0..<4).map { UInt8(truncatingIfNeeded: footer.count >> ($0 * 8)) }
    return Array("PAR1".utf8) + chunk + footer + length + Array("PAR1".utf8)
  }

  private func footer(chunkByteCount: Int) -> [UInt8] {
    let root = text(4, "schema") + int(5, 1, after: 4) + [0]
    let convertedType = physicalType == 6 ? int(6, 0, after: 4) : isTimestamp ? int(6, 10, after: 4) : []
    let column =
      int(1, physicalType, after: 0) + int(3, isOptional ? 1 : 0, after: 1) + text(1, "column") + convertedType + [0]
    let meta =
      int(1, physicalType, after: 0) + list(1, ofType: 5, [zigzag(0), zigzag(8)])
      + list(1, ofType: 8, [bytes("column")])
      + int(4, codec, after: 3) + long(rowCount) + long(chunkByteCount + 100) + long(chunkByteCount)
      + [0x26] + zigzag(4) + [0]
    let chunk = [0x26] + zigzag(4) + [0x1C] + meta + [0]
    let group = list(1, ofType: 12, [chunk]) + long(chunkByteCount) + long(rowCount) + [0]
    return int(1, 1, after: 0) + list(1, ofType: 12, [root, column]) + long(rowCount) + list(1, ofType: 12, [group])
      + [0]
  }

  private func variable(_ number: Int) -> [UInt8] {
    number < 128 ? [UInt8(number)] : [UInt8(number & 127) | 128] + variable(number >> 7)
  }
  private func zigzag(_ number: Int) -> [UInt8] { variable(number << 1) }
  private func bytes(_ value: String) -> [UInt8] { variable(value.utf8.count) + Array(value.utf8) }
  /// A field of type i32 whose number is `id`.
  private func int(_ id: Int, _ value: Int, after last: Int) -> [UInt8] { [UInt8(id - last) << 4 | 5] + zigzag(value) }
  /// The next field, of type i64.
  private func long(_ value: Int) -> [UInt8] { [0x16] + zigzag(value) }
  private func text(_ step: Int, _ value: String) -> [UInt8] { [UInt8(step) << 4 | 8] + bytes(value) }
  private func list(_ step: Int, ofType type: Int, _ elements: [[UInt8]]) -> [UInt8] {
    [UInt8(step) << 4 | 9, UInt8(elements.count) << 4 | UInt8(type)] + elements.joined()
  }
}
