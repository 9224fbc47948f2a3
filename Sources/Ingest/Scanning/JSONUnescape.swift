/// Writes the text of a checked JSON string with escapes to `output`, which has room for as many bytes.
/// - Returns: how many bytes were written; never more than the string has.
func unescapeJSON(_ string: UnsafeRawBufferPointer, to output: UnsafeMutablePointer<UInt8>) -> Int {
  guard let base = string.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
  var (read, written) = (0, 0)
  while read < string.count {
    let byte = base[read]
    if byte != 0x5C {
      output[written] = byte
      written += 1
      read += 1
      continue
    }
    switch base[read + 1] {
    case 0x62: output[written] = 0x08
    case 0x66: output[written] = 0x0C
    case 0x6E: output[written] = 0x0A
    case 0x72: output[written] = 0x0D
    case 0x74: output[written] = 0x09
    case 0x75:
      var scalar = hexUnit(base + read + 2) ?? 0xFFFD
      if scalar & 0xFC00 == 0xD800 {
        scalar = 0x10000 + (scalar & 0x3FF) << 10 + ((hexUnit(base + read + 8) ?? 0xDC00) & 0x3FF)
        read += 6
      }
      written += writeUTF8(scalar, to: output + written)
      read += 6
      continue
    default: output[written] = base[read + 1]
    }
    written += 1
    read += 2
  }
  return written
}

/// Writes one Unicode scalar and says how many bytes it took.
private func writeUTF8(_ scalar: UInt32, to output: UnsafeMutablePointer<UInt8>) -> Int {
  func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | scalar >> shift & 0x3F) }
  switch scalar {
  case ..<0x80:
    output[0] = UInt8(truncatingIfNeeded: scalar)
    return 1
  case ..<0x800:
    output[0] = UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
    output[1] = tail(0)
    return 2
  case ..<0x10000:
    output[0] = UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
    (output[1], output[2]) = (tail(6), tail(0))
    return 3
  default:
    output[0] = UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
    (output[1], output[2], output[3]) = (tail(12), tail(6), tail(0))
    return 4
  }
}
