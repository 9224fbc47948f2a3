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
