/// The sizes this target chooses, and what happens above them.
package enum Limits {
  /// Rows of a data page; the next page begins there.
  package static let pageRowCount = 20_000

  /// Bytes of a page of PLAIN text, after which the next page begins; one longer value has a page of its own.
  package static let pageByteCount = 1 << 20

  /// Bytes of a dictionary, above which the chunk is written PLAIN.
  package static let dictionaryByteCountMax = 16 << 20

  /// Bytes of a text minimum or maximum; a longer one is shortened to a bound that still holds.
  package static let boundByteCountMax = 64

  /// Rows of a row group; more are a precondition when writing, `unsupported` when reading.
  ///
  /// Run lengths let a few bytes announce any number of rows, so no number of bytes bounds this one: a chunk of so
  /// many 64-bit integers takes 128 MiB.
  package static let rowGroupRowCountMax = 1 << 24

  /// Decompressed bytes of a page; more are a precondition when writing, `unsupported` when reading.
  package static let pageByteCountMax = 1 << 30

  /// Decompressed bytes of a zstd block, the most that the format allows; at least four bytes stand for one.
  static let zstdBlockByteCountMax = 128 << 10

  /// Levels of nesting in a footer or page header; more are `corruptFooter` or `corruptPage`.
  static let thriftDepthMax = 16

  /// Values in a block of DELTA_BINARY_PACKED; more are `unsupported`.
  static let deltaBlockValueCountMax = 1 << 16

  /// Bytes read from the end of a file in the hope that they hold the footer; a longer one costs a second read.
  static let tailByteCount = 64 << 10
}
