import CZlib

/// Gzip: what browsers accept and logs come in.
package enum Gzip {
  /// 15 bits of window, and 16 for the gzip header and trailer.
  private static let windowBits: Int32 = 15 + 16

  /// The gzip file of `bytes` at `level` (1…9), without name or time: the same bytes give the same file.
  package static func compress(_ bytes: UnsafeRawBufferPointer, level: Int32) -> [UInt8] {
    var stream = z_stream()
    var header = gz_header()
    header.os = 255  // unknown, so that the bytes do not tell where they were written
    let size = Int32(MemoryLayout<z_stream>.size)
    let began = deflateInit2_(&stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    precondition(began == Z_OK, "gzip levels are 1 to 9")
    defer { deflateEnd(&stream) }
    return withUnsafeMutablePointer(to: &header) { header in
      deflateSetHeader(&stream, header)
      var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))))
      var consumed = 0
      var produced = 0
      var status = Z_OK
      while status != Z_STREAM_END {
        status = step(&stream, bytes, &consumed, &output, &produced) { stream, isLast in
          deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        }
        precondition(status == Z_OK || status == Z_STREAM_END, "gzip had room and still failed")
        if produced == output.count { output.append(contentsOf: repeatElement(0, count: 64)) }
      }
      output.removeLast(output.count - produced)
      return output
    }
  }

  /// What the gzip file `file` holds, all its members one after another.
  ///
  /// Throws `corruptStream` where it is damaged, ends early, or holds more than `byteCountMax` bytes.
  package static func decompress(_ file: UnsafeRawBufferPointer, byteCountMax: Int) throws -> [UInt8] {
    var stream = z_stream()
    let began = inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(began == Z_OK, "out of memory for gzip")
    defer { inflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: min(max(file.count, 64), byteCountMax) + 1)
    var consumed = 0
    var produced = 0
    while true {
      let status = step(&stream, file, &consumed, &output, &produced) { stream, _ in inflate(&stream, Z_NO_FLUSH) }
      guard produced <= byteCountMax else {
        throw ParquetError(.corruptStream, "a gzip file holds more than \(byteCountMax) bytes", hint: "raise the limit")
      }
      if status == Z_STREAM_END {
        if consumed == file.count { break }
        inflateReset(&stream)
        continue
      }
      guard status == Z_OK || status == Z_BUF_ERROR else {
        throw ParquetError(.corruptStream, "gzip data is damaged at byte \(consumed)")
      }
      if produced == output.count {
        let more = min(output.count, byteCountMax + 1 - output.count)
        output.append(contentsOf: repeatElement(0, count: more))
      } else if consumed == file.count {
        throw ParquetError(.corruptStream, "gzip data ends early, at byte \(consumed)")
      }
    }
    output.removeLast(output.count - produced)
    return output
  }

  /// One call of zlib with what is left of `input` and of the room in `output`.
  private static func step(
    _ stream: inout z_stream, _ input: UnsafeRawBufferPointer, _ consumed: inout Int, _ output: inout [UInt8],
    _ produced: inout Int, _ call: (inout z_stream, Bool) -> Int32
  ) -> Int32 {
    let inputCount = min(input.count - consumed, Int(Int32.max))
    let isLast = consumed + inputCount == input.count
    let start = input.baseAddress.map { $0 + consumed }?.assumingMemoryBound(to: UInt8.self)
    stream.next_in = UnsafeMutablePointer(mutating: start)
    stream.avail_in = uInt(inputCount)
    return output.withUnsafeMutableBufferPointer { room in
      let roomCount = min(room.count - produced, Int(Int32.max))
      stream.next_out = room.baseAddress! + produced
      stream.avail_out = uInt(roomCount)
      let status = call(&stream, isLast)
      consumed += inputCount - Int(stream.avail_in)
      produced += roomCount - Int(stream.avail_out)
      return status
    }
  }
}
