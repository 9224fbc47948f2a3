import CZlib
import Columns

/// The CRC-32 of gzip and Parquet over `bytes`.
package func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  guard let folded = WideKernels.fold(bytes) else { return checksum(bytes, after: 0) }
  // A state of zeros is what stands for all ones outside, where states are inverted.
  let state = folded.state.withUnsafeBytes { checksum($0, after: .max) }
  return checksum(UnsafeRawBufferPointer(rebasing: bytes[folded.count...]), after: state)
}

/// The CRC-32 of bytes that follow those whose CRC-32 is `state`, byte by byte.
package func checksum(_ bytes: UnsafeRawBufferPointer, after state: UInt32) -> UInt32 {
  guard let base = bytes.baseAddress else { return state }
  let first = base.assumingMemoryBound(to: UInt8.self)
  return UInt32(truncatingIfNeeded: crc32_z(UInt(state), first, bytes.count))
}
