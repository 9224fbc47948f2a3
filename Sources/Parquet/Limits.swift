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

  // Of files that others wrote, read row by row. Each is `unsupported` above it.

  /// Bytes of a footer.
  static let foreignFooterByteCountMax = 64 << 20

  /// Elements of a schema.
  static let schemaElementCountMax = 16_384

  /// Groups within groups of a schema.
  static let schemaDepthMax = 24

  /// Digits behind the point of a decimal.
  static let decimalScaleMax = 160

  /// Bytes of a decimal; a longer one is `corruptPage`.
  static let decimalByteCountMax = 64

  /// Bytes of a page of another writer before compression.
  static let foreignPageByteCountMax = 256 << 20

  /// Bytes of the pages and dictionaries of all columns that are held at once.
  static let foreignHeldByteCountMax = 512 << 20

  /// Bytes read at a time of a chunk.
  static let chunkWindowByteCount = 64 << 10

  /// Bytes of a page header; a longer one is `corruptPage`.
  static let pageHeaderByteCountMax = 16 << 20

  /// Objects and arrays within one another in a text that is read as JSON; a deeper one stays text.
  static let jsonDepthMax = 48

  // A run length lets a few bytes stand for any number of rows, and a dictionary for any length of text. What a file
  // may hold grows with its size, so that a small one cannot keep a machine busy.

  /// Rows of a file of `byteCount` bytes.
  static func foreignRowCountMax(byteCount: Int) -> Int { (1 << 20) + (byteCount << 8) }

  /// Values of all columns of a file of `byteCount` bytes.
  static func foreignValueCountMax(byteCount: Int) -> Int { (1 << 26) + (byteCount << 10) }

  /// Bytes of the rows' text of a file of `byteCount` bytes.
  static func foreignTextByteCountMax(byteCount: Int) -> Int { (1 << 31) + (byteCount << 10) }
}
