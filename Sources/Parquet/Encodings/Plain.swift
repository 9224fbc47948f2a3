import Columns

// PLAIN: integers in 4 or 8 bytes, lowest first; text as a length in 4 bytes and its bytes.

/// The bytes that the length of a PLAIN text takes.
let plainLengthByteCount = 4

/// Appends the text of `code`.
func appendPlain(_ code: UInt32, of table: StringTable, into page: inout PageBuffer) {
  table.withBytes(of: code) { bytes in
    page.append(UInt32(bytes.count))
    page.append(bytes)
  }
}

/// Decodes the `count` integers that fill `section`, into `output`.
func decodePlain<Value: FixedWidthInteger>(
  _ section: UnsafeRawBufferPointer, count: Int, into output: UnsafeMutablePointer<Value>
) throws {
  let size = MemoryLayout<Value>.size
  guard section.count == count * size else {
    throw ParquetError(.corruptPage, "\(section.count) bytes for \(count) integers of \(size) bytes")
  }
  for index in 0..<count {
    let value = section.loadUnaligned(fromByteOffset: index &* size, as: Value.self)
    output[index] = Value(littleEndian: value)
  }
}

/// Decodes the `count` texts that fill `section`: adds each to `table` and writes its code to `output`.
func decodePlain(
  _ section: UnsafeRawBufferPointer, count: Int, table: inout StringTable, into output: UnsafeMutablePointer<UInt32>
) throws {
  var cursor = ByteCursor(section)
  for index in 0..<count {
    let length = Int(try cursor.word())
    output[index] = table.code(for: try cursor.take(length))
  }
  guard cursor.left == 0 else { throw ParquetError(.corruptPage, "\(cursor.left) bytes follow the last text") }
}

/// Decodes the `count` texts that fill `section`, as they follow each other.
///
/// Sixteen bytes behind `section` are readable.
func decodePlain(_ section: UnsafeRawBufferPointer, count: Int) throws -> RowTexts {
  let byteCount = section.count - count * plainLengthByteCount
  guard byteCount >= 0 else { throw ParquetError(.corruptPage, "\(section.count) bytes for \(count) texts") }
  var ends: [Int] = []
  let bytes = try [UInt8](unsafeUninitializedCapacity: byteCount + 16) { bytes, filled in
    ends = try [Int](unsafeUninitializedCapacity: count) { ends, endCount in
      var offset = 0
      while endCount < count {
        guard offset + plainLengthByteCount <= section.count else {
          throw ParquetError(.corruptPage, "a dictionary ends early")
        }
        let length = Int(UInt32(littleEndian: section.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        offset += plainLengthByteCount
        guard length <= section.count - offset, length <= byteCount - filled else {
          throw ParquetError(.corruptPage, "\(length) bytes are due where \(section.count - offset) are left")
        }
        if length > 0, let source = section.baseAddress.map({ $0 + offset }), let target = bytes.baseAddress {
          let target = UnsafeMutableRawPointer(target + filled)
          if length <= 16 {
            // A call for so few bytes would take longer than they do.
            target.storeBytes(of: source.loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
          } else {
            target.copyMemory(from: source, byteCount: length)
          }
        }
        offset += length
        filled += length
        ends[endCount] = filled
        endCount += 1
      }
      guard offset == section.count else {
        throw ParquetError(.corruptPage, "\(section.count - offset) bytes follow the last text")
      }
    }
  }
  return RowTexts(bytes: bytes, ends: ends)
}
