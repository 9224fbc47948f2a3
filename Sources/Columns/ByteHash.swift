public import CKernels

/// A 64-bit hash of bytes: stable across runs and machines, about 10 GB/s.
///
/// It tells equal things apart by chance, not from an adversary who chooses the bytes.
@inlinable
package func byteHash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
  guard let base = bytes.baseAddress else { return muster_hash(UnsafeRawPointer(bitPattern: 1), 0, seed) }
  return muster_hash(base, bytes.count, seed)
}

/// 128 bits that name a content: two independent 64-bit hashes.
package struct ContentHash: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The first 16 digits of the description, the more significant ones.
  package var high: UInt64
  /// The last 16 digits.
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The hash of `bytes`.
  package init(of bytes: UnsafeRawBufferPointer) {
    high = byteHash(bytes, seed: 0x4D75_7374_6572_0001)
    low = byteHash(bytes, seed: 0x4D75_7374_6572_0002)
  }

  /// The hash that follows `self` when `bytes` come next; equal splits give equal hashes.
  package func followed(by bytes: UnsafeRawBufferPointer) -> ContentHash {
    ContentHash(high: byteHash(bytes, seed: high), low: byteHash(bytes, seed: low &+ 0x9E37_79B9_7F4A_7C15))
  }

  /// Reads the form that `description` writes: 32 hexadecimal digits, letters in lower case.
  package init?(_ text: String) {
    guard text.utf8.count == 32, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
      let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  package var description: String {
    func hex(_ word: UInt64) -> String {
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return hex(high) + hex(low)
  }

  package static func < (a: ContentHash, b: ContentHash) -> Bool {
    (a.high, a.low) < (b.high, b.low)
  }
}
