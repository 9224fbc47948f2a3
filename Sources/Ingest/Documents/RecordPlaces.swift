/// Where a record that was taken out of a document stands in its source.
struct RecordPlace: Sendable {
  /// From 1.
  var line: Int
  var byteOffset: Int
  /// Of the line that stands for the record, without its break; 0 where nothing was added to it.
  var lineByteCount = 0
  /// Bytes before the closing bracket that are not the record's own: the fields of the document around it.
  var addedByteCount = 0
  /// The line stands for damage between records.
  var fault: Fault?

  struct Fault: Sendable {
    var reason: RejectionReason
    var detail: String
  }
}

/// The places of a chunk's records.
///
/// The records of a document are handed on one a line, so the chunk's own lines and offsets say nothing of the source.
struct RecordPlaces: Sendable {
  /// One a line of the chunk.
  var places: [RecordPlace]
  /// The line at which the previous chunk's last record began.
  var linesBefore: Int
  /// For what is rejected behind the last record.
  var end: RecordPlace

  /// Puts the rejected records of a batch where they stand in the source, and as they are written there.
  func settle(_ batch: inout RecordBatch) {
    for index in batch.rejected.indices {
      let line = batch.rejected[index].line - 1
      let place = line < places.count ? places[line] : end
      batch.rejected[index].line = place.line - linesBefore
      batch.rejected[index].byteOffset = place.byteOffset
      if let fault = place.fault {
        batch.rejected[index].reason = fault.reason
        batch.rejected[index].detail = fault.detail
        batch.rejected[index].text = []
        batch.rejected[index].byteCount = 0
      }
      let ownByteCount = place.lineByteCount - 1 - place.addedByteCount
      if place.addedByteCount > 0 { batch.rejected[index].byteCount = ownByteCount + 1 }
      if place.addedByteCount > 0, batch.rejected[index].text.count > ownByteCount {
        batch.rejected[index].text.removeLast(batch.rejected[index].text.count - ownByteCount)
        batch.rejected[index].text.append(0x7D)
      }
    }
    batch.lineCount = (places.last ?? end).line - linesBefore
  }

  /// The same for one record that was mapped.
  func settle(_ row: inout RowPlaces.Place) {
    let place = row.line <= places.count ? places[row.line - 1] : end
    row.line = place.line - linesBefore
    row.byteOffset = place.byteOffset
  }
}
