/// Some consecutive rows of a file: a chunk of each column.
package struct RowGroup: Sendable, Equatable {
  /// Rows of each of its chunks.
  package var rowCount: Int
  /// A chunk a column, in the order of the schema.
  package var chunks: [ColumnChunk]
  /// The columns by which the rows ascend, nulls last, as far as the file says.
  package var sortedBy: [Int] = []

  /// Bytes of all chunks in the file.
  package var compressedByteCount: Int { chunks.reduce(0) { $0 + $1.compressedByteCount } }
  /// The same before compression.
  package var uncompressedByteCount: Int { chunks.reduce(0) { $0 + $1.uncompressedByteCount } }
}

/// The values of one column in one row group, as the footer describes them.
package struct ColumnChunk: Sendable, Equatable {
  /// How its pages are compressed.
  package var codec: Codec
  /// The encodings of its pages and of their levels.
  package var encodings: [Encoding]
  /// Where its pages lie in the file, the dictionary page first.
  package var byteRange: Range<Int>
  /// Where its first data page begins.
  package var dataOffset: Int
  /// Bytes of its pages before compression, headers included.
  package var uncompressedByteCount: Int
  /// What its values lie between.
  package var bounds: Bounds
  /// How many pages of each kind and encoding there are; empty where the file does not say.
  package var pageCounts: [PageCount] = []
  /// Where the bounds of its pages lie.
  package var columnIndexRange: Range<Int>?
  /// Where the places of its pages lie.
  package var offsetIndexRange: Range<Int>?

  /// Pages of one kind and encoding.
  package struct PageCount: Sendable, Hashable {
    package var kind: PageKind
    package var encoding: Encoding
    package var count: Int
  }

  /// Whether a dictionary page comes before the data pages.
  package var hasDictionary: Bool { dataOffset > byteRange.lowerBound }
  /// Bytes of its pages in the file, headers included.
  package var compressedByteCount: Int { byteRange.count }
  /// How many values are missing; nil where the file does not say.
  package var nullCount: Int? { bounds.nullCount }
  /// At or below all values; nil where all are missing, or the file does not say.
  package var minimum: BoundValue? { bounds.minimum }
  /// At or above all values; nil like the minimum.
  package var maximum: BoundValue? { bounds.maximum }
}

/// What the end of a file says of the rest.
struct Footer {
  var columns: [ColumnDescription]
  var rowCount: Int
  var rowGroups: [RowGroup]
  var metadata: [(key: String, value: String)]
  var createdBy: String?
}
