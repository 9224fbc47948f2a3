/// What tells a record from others for the duplicate check. Hashes rest on the mapped text alone: neither on
/// codes, chunks, the order of fields, nor on white space in the source.
package struct RecordIdentity: Sendable, Hashable, BitwiseCopyable {
  /// Hash of the declared event id, 0 where the record has none; never 0 where it has one. With `duplicates: line`
  /// it stands for the whole content. Where a line makes several kinds of event, the event's name is part of it.
  package var idHash: UInt64
  /// Hash of ts, member, event, dimensions and properties.
  package var contentHash: UInt64

  package init(idHash: UInt64, contentHash: UInt64) {
    self.idHash = idHash
    self.contentHash = contentHash
  }
}
