/// The bytes of a file, from any place.
package protocol RandomAccessBytes: Sendable {
  /// How many bytes there are; it does not change.
  var byteCount: Int { get }

  /// The bytes of `range`, which lies in `0..<byteCount`; as many as asked for, or an error.
  func read(_ range: Range<Int>) throws -> [UInt8]
}

extension [UInt8]: RandomAccessBytes {
  package var byteCount: Int { count }

  package func read(_ range: Range<Int>) throws -> [UInt8] { Array(self[range]) }
}
