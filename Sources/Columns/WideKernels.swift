internal import CKernels

/// Steps of decoding that wide registers do several times as fast. Each does the part that fits them and says how much that
/// was; the caller's own form does the rest, and everything where the processor lacks them.
package enum WideKernels {
  /// Whether the processor has AVX-512 with VBMI2, on which all of this but ``fold(_:into:)`` relies.
  package static let areHere = muster_width() == 64
  /// Whether the processor multiplies without carries.
  package static let canFold = muster_folds() != 0

  /// Unpacks the whole groups of eight among `count` values of `width` bits, at most 16; about 0.2 ns a value.
  /// - Returns: how many values there are now.
  /// - Precondition: eight bytes behind the packed ones are readable.
  package static func unpack(
    _ input: UnsafeRawPointer, count: Int, width: Int, into output: UnsafeMutablePointer<UInt32>
  ) -> Int {
    guard areHere, (1...16).contains(width) else { return 0 }
    muster_unpack(input.assumingMemoryBound(to: UInt8.self), count >> 3, Int32(width), output)
    return count & ~7
  }

  /// Adds up the whole groups of eight among `count` packed offsets of `width` bits, at most 16, each with `least`, from
  /// `previous` on, which becomes the last sum.
  /// - Returns: how many sums there are now.
  /// - Precondition: eight bytes behind the packed ones are readable.
  package static func addOffsets(
    _ input: UnsafeRawPointer, count: Int, width: Int, least: UInt32, previous: inout UInt32,
    into output: UnsafeMutablePointer<Int32>
  ) -> Int {
    guard areHere, (1...16).contains(width) else { return 0 }
    previous = muster_add_offsets(
      input.assumingMemoryBound(to: UInt8.self), count >> 3, Int32(width), least, previous, output)
    return count & ~7
  }

  /// Writes the byte that `table` has at each code, for a code beyond its end `beyond`, as far as blocks of sixteen go.
  /// - Returns: how many codes that were; 0 where the table has more than 15 bytes.
  package static func bytes(
    of codes: UnsafeBufferPointer<UInt32>, in table: [UInt8], beyond: UInt8, into output: UnsafeMutablePointer<UInt8>
  ) -> Int {
    guard areHere, table.count < 16, let base = codes.baseAddress else { return 0 }
    let whole = table + [UInt8](repeating: beyond, count: 16 - table.count)
    muster_bytes_of_codes(base, codes.count >> 4, whole, output)
    return codes.count & ~15
  }

  /// Writes code, in the upper half, and value of the rows whose byte of `selection` is 1, or of all where there is none,
  /// but for those whose code is all ones, as far as blocks of sixteen go; about 0.3 ns a row.
  /// - Parameter selection: as long as `codes` and `values`, or nil.
  /// - Returns: how many rows were looked at, and how many pairs there are.
  /// - Precondition: `output` has room for all rows and eight pairs more.
  package static func selectPairs(
    _ codes: UnsafeBufferPointer<UInt32>, _ values: UnsafeBufferPointer<UInt32>, selection: UnsafePointer<UInt8>?,
    into output: UnsafeMutablePointer<UInt64>
  ) -> (rowCount: Int, pairCount: Int) {
    guard areHere, let codeBase = codes.baseAddress, let valueBase = values.baseAddress else { return (0, 0) }
    return (codes.count & ~15, muster_select_pairs(codeBase, valueBase, selection, codes.count >> 4, output))
  }

  /// Folds the whole blocks of sixteen among `bytes` into sixteen that leave the same remainder by the polynomial of
  /// CRC-32; about 20 GB/s.
  /// - Returns: how many bytes that were, and what they became: to be gone on with as if it were they, from a state of
  ///   zeros; nil where there are too few.
  package static func fold(_ bytes: UnsafeRawBufferPointer) -> (count: Int, state: [UInt8])? {
    guard canFold, bytes.count >= 64, let base = bytes.baseAddress else { return nil }
    var state = [UInt8](repeating: 0, count: 16)
    muster_crc_fold(base.assumingMemoryBound(to: UInt8.self), bytes.count >> 4, &state)
    return (bytes.count & ~15, state)
  }
}
