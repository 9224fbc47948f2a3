// The footer, after the page indexes:
//
//   FileMetaData in Thrift's compact protocol      its length in 4 bytes      PAR1

extension Footer {
  /// The footer's bytes, through the file's last.
  func encoded() -> [UInt8] {
    var writer = ThriftWriter()
    writer.structure { file in
      file.int32(1, 2)
      file.list(2, of: .structure, [nil] + columns.map(Optional.some)) { writeSchema($1, to: &$0) }
      file.int64(3, rowCount)
      file.list(4, of: .structure, Array(rowGroups.enumerated())) { writer, group in
        write(group.element, ordinal: group.offset, to: &writer)
      }
      if !metadata.isEmpty {
        file.list(5, of: .structure, metadata) { writer, pair in
          writer.structure {
            $0.string(1, pair.key)
            $0.string(2, pair.value)
          }
        }
      }
      if let createdBy { file.string(6, createdBy) }
      // TYPE_ORDER: bounds are by the order of the column's type.
      file.list(7, of: .structure, columns) { writer, _ in writer.structure { $0.structure(1) } }
    }
    let length = UInt32(writer.bytes.count)
    return writer.bytes + (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + fileMagic
  }

  /// A column, or (nil) the root above them all.
  private func writeSchema(_ column: ColumnDescription?, to writer: inout ThriftWriter) {
    writer.structure { element in
      guard let column else {
        element.string(4, "schema")
        element.int32(5, columns.count)
        return
      }
      element.int32(1, column.kind.physicalType)
      element.int32(3, column.isOptional ? Repetition.optional : Repetition.required)
      element.string(4, column.name)
      if let converted = column.kind.convertedType { element.int32(6, converted) }
      switch column.kind {
      case .int32, .int64: break
      case .text: element.structure(10) { $0.structure(LogicalType.string) }
      case .timestamp:
        element.structure(10) {
          $0.structure(LogicalType.timestamp) { type in
            type.bool(1, true)  // UTC
            type.structure(2) { unit in unit.structure(2) }  // microseconds
          }
        }
      }
    }
  }

  private func write(_ group: RowGroup, ordinal: Int, to writer: inout ThriftWriter) {
    writer.structure { writer in
      writer.list(1, of: .structure, Array(zip(columns, group.chunks))) { writer, chunk in
        write(chunk.1, of: chunk.0, rowCount: group.rowCount, to: &writer)
      }
      writer.int64(2, group.uncompressedByteCount)
      writer.int64(3, group.rowCount)
      if !group.sortedBy.isEmpty {
        writer.list(4, of: .structure, group.sortedBy) { writer, column in
          writer.structure {
            $0.int32(1, column)
            $0.bool(2, false)  // ascending
            $0.bool(3, false)  // nulls last
          }
        }
      }
      writer.int64(5, group.chunks.first?.byteRange.lowerBound ?? 0)
      writer.int64(6, group.compressedByteCount)
      if let ordinal = Int16(exactly: ordinal) { writer.int16(7, Int(ordinal)) }
    }
  }

  private func write(
    _ chunk: ColumnChunk, of column: ColumnDescription, rowCount: Int, to writer: inout ThriftWriter
  ) {
    writer.structure { writer in
      writer.int64(2, 0)
      writer.structure(3) { data in
        data.int32(1, column.kind.physicalType)
        data.list(2, of: .int32, chunk.encodings) { $0.zigzag(Int($1.rawValue)) }
        data.list(3, of: .binary, [column.name]) { $0.binary($1.utf8) }
        data.int32(4, Int(chunk.codec.rawValue))
        data.int64(5, rowCount)
        data.int64(6, chunk.uncompressedByteCount)
        data.int64(7, chunk.compressedByteCount)
        data.int64(9, chunk.dataOffset)
        if chunk.hasDictionary { data.int64(11, chunk.byteRange.lowerBound) }
        data.structure(12) { chunk.bounds.write(to: &$0, kind: column.kind) }
        data.list(13, of: .structure, chunk.pageCounts) { writer, pages in
          writer.structure {
            $0.int32(1, Int(pages.kind.rawValue))
            $0.int32(2, Int(pages.encoding.rawValue))
            $0.int32(3, pages.count)
          }
        }
      }
      if let range = chunk.offsetIndexRange {
        writer.int64(4, range.lowerBound)
        writer.int32(5, range.count)
      }
      if let range = chunk.columnIndexRange {
        writer.int64(6, range.lowerBound)
        writer.int32(7, range.count)
      }
    }
  }
}

extension Bounds {
  /// Writes the fields of `Statistics`.
  fileprivate func write(to writer: inout ThriftWriter, kind: ColumnDescription.Kind) {
    if let nullCount { writer.int64(3, nullCount) }
    if let maximum { writer.binary(5, maximum.bytes(of: kind)) }
    if let minimum { writer.binary(6, minimum.bytes(of: kind)) }
    if maximum != nil { writer.bool(7, isMaximumExact) }
    if minimum != nil { writer.bool(8, isMinimumExact) }
  }
}
