/// A page of a chunk, for people to look at.
package struct PageDescription: Sendable, Equatable {
  /// Its index in the chunk, the dictionary page included.
  package var index: Int
  package var kind: PageKind
  package var encoding: Encoding
  /// Rows of a data page, values of a dictionary.
  package var rowCount: Int
  /// Bytes in the file without the header.
  package var compressedByteCount: Int
  /// The same after decompression.
  package var uncompressedByteCount: Int
  /// From the page index; nil for a dictionary, a page of nulls, and where there is no index.
  package var minimum: BoundValue?
  package var maximum: BoundValue?
  /// Whether the bytes have the checksum of the header, or the header has none.
  package var hasValidChecksum: Bool
}

extension ParquetReader {
  /// The pages of a chunk as their headers and the page index tell; reads the chunk, decompresses nothing.
  ///
  /// Throws `corruptPage` where headers cannot be followed; a wrong checksum is told, not thrown.
  package func pages(column: Int, rowGroup: Int) throws -> [PageDescription] {
    let bounds = try pageIndex(column: column, rowGroup: rowGroup)?.bounds ?? []
    let range = rowGroups[rowGroup].chunks[column].byteRange
    return try withPages(column: column, rowGroup: rowGroup, range) { pages in
      var descriptions: [PageDescription] = []
      var dataPage = 0
      while let header = try pages.nextHeader() {
        var description = PageDescription(
          index: descriptions.count, kind: header.kind, encoding: header.encoding, rowCount: header.valueCount,
          compressedByteCount: header.compressedByteCount, uncompressedByteCount: header.uncompressedByteCount,
          hasValidChecksum: pages.hasChecksum(of: header))
        if header.kind == .data {
          if dataPage < bounds.count {
            description.minimum = bounds[dataPage].minimum
            description.maximum = bounds[dataPage].maximum
          }
          dataPage += 1
        }
        descriptions.append(description)
      }
      return descriptions
    }
  }
}
