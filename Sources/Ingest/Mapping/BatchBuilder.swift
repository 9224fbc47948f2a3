internal import Columns
internal import Segments

/// The rows of a batch while they are made, in memory of their own that is used from chunk to chunk.
struct BatchBuilder: ~Copyable {
  private(set) var rowCount = 0
  private var capacity = 1 << 12
  private var ts: GrowingColumn<Int64>
  private var identities: GrowingColumn<RecordIdentity>
  private var members = TextRows()
  private var memberHashes: GrowingColumn<UInt64>
  private var properties = TextRows()
  private var eventIDs = TextRows()
  private let columns: UnsafeMutablePointer<ColumnBuilder>
  private let dimensionCount: Int
  private let keepsEventID: Bool

  init(dimensionCount: Int, keepsEventID: Bool) {
    self.dimensionCount = dimensionCount
    self.keepsEventID = keepsEventID
    ts = GrowingColumn(capacity: capacity)
    identities = GrowingColumn(capacity: capacity)
    memberHashes = GrowingColumn(capacity: capacity)
    columns = .allocate(capacity: 1 + dimensionCount)
    for index in 0...dimensionCount { (columns + index).initialize(to: ColumnBuilder(capacity: capacity)) }
  }

  deinit {
    columns.deinitialize(count: 1 + dimensionCount)
    columns.deallocate()
  }

  /// Starts a batch.
  mutating func restart() {
    rowCount = 0
    ts.removeAll()
    identities.removeAll()
    memberHashes.removeAll()
    members.removeAll()
    properties.removeAll()
    eventIDs.removeAll()
    for index in 0...dimensionCount { column(index).pointee.restart() }
  }

  /// Starts a row; all of the following are to be called for it, in this order.
  @inline(__always)
  mutating func begin(ts instant: Int64, member: UnsafeRawBufferPointer, event: UnsafeRawBufferPointer) -> UInt64 {
    if rowCount == capacity { grow() }
    ts.append(instant)
    members.appendPadded(member)
    let memberHash = byteHash(member)
    memberHashes.append(memberHash)
    let hash = Self.combined(0x4D75_7374_6572_0003, UInt64(bitPattern: instant))
    return Self.combined(Self.combined(hash, memberHash), column(0).pointee.set(rowCount, event))
  }

  @inline(__always)
  mutating func dimension(_ index: Int, _ text: UnsafeRawBufferPointer, _ hash: UInt64) -> UInt64 {
    Self.combined(hash, column(1 + index).pointee.set(rowCount, text))
  }

  /// Nil for none.
  @inline(__always)
  mutating func properties(_ text: UnsafeRawBufferPointer?, _ hash: UInt64) -> UInt64 {
    guard let text else {
      properties.appendMissing()
      return Self.combined(hash, ColumnBuilder.nullHash)
    }
    properties.append(text)
    return Self.combined(hash, byteHash(text))
  }

  @inline(__always)
  mutating func end(eventID: UnsafeRawBufferPointer, identity: RecordIdentity) {
    if keepsEventID { eventIDs.append(eventID) }
    identities.append(identity)
    rowCount += 1
  }

  /// Asks for what `dimension` will look at, a while before it is called.
  func askAhead(_ index: Int, _ texts: UnsafePointer<PlacedText>, count: Int) {
    column(1 + index).pointee.askAhead(texts, count: count)
  }

  /// Starts `count` rows together; all of the following of this form are to be called for them, in this order.
  /// - Parameter hashes: of each row's values so far.
  mutating func begin(
    ts instants: UnsafePointer<Int64>, members texts: UnsafePointer<PlacedText>, events: UnsafePointer<PlacedText>,
    count: Int, _ hashes: UnsafeMutablePointer<UInt64>
  ) {
    while rowCount + count > capacity { grow() }
    ts.append(instants, count: count)
    let memberRoom = memberHashes.room(for: count)
    for row in 0..<count {
      let memberHash = byteHash(texts[row].bytes)
      memberRoom[row] = memberHash
      let hash = Self.combined(0x4D75_7374_6572_0003, UInt64(bitPattern: instants[row]))
      hashes[row] = Self.combined(hash, memberHash)
    }
    memberHashes.advance(by: count)
    members.appendPadded(texts, count: count)
    column(0).pointee.set(rowCount, events, count: count, hashes)
  }

  /// - Parameter texts: nil where all are missing.
  mutating func dimension(
    _ index: Int, _ texts: UnsafePointer<PlacedText>?, count: Int, _ hashes: UnsafeMutablePointer<UInt64>
  ) {
    column(1 + index).pointee.set(rowCount, texts, count: count, hashes)
  }

  /// - Parameter text: of all rows; nil for none.
  mutating func properties(_ text: UnsafeRawBufferPointer?, count: Int, _ hashes: UnsafeMutablePointer<UInt64>) {
    let hash = text.map { byteHash($0) } ?? ColumnBuilder.nullHash
    for row in 0..<count { hashes[row] = Self.combined(hashes[row], hash) }
    if let text {
      for _ in 0..<count { properties.append(text) }
    } else {
      properties.appendMissing(count: count)
    }
  }

  /// - Parameters:
  ///   - eventIDs: nil where none has one.
  ///   - areOfLines: the whole content stands for the id.
  mutating func end(
    eventIDs ids: UnsafePointer<PlacedText>?, areOfLines: Bool, count: Int, _ hashes: UnsafeMutablePointer<UInt64>
  ) {
    let room = identities.room(for: count)
    for row in 0..<count {
      let hash = hashes[row]
      var idHash: UInt64 = 0
      if areOfLines {
        idHash = max(1, hash)
      } else if let ids, ids[row].count > 0 {
        idHash = max(1, byteHash(ids[row].bytes))
      }
      room[row] = RecordIdentity(idHash: idHash, contentHash: hash)
    }
    identities.advance(by: count)
    if keepsEventID {
      if let ids {
        eventIDs.appendPadded(ids, count: count)
      } else {
        eventIDs.appendMissing(count: count)
      }
    }
    rowCount += count
  }

  /// Fills the columns of `batch`.
  func finish(_ batch: inout RecordBatch) {
    batch.ts = ts.array
    batch.identities = identities.array
    batch.member = members.texts
    batch.memberHashes = memberHashes.array
    batch.event = column(0).pointee.column(count: rowCount)
    batch.properties = properties.texts
    if keepsEventID { batch.eventIDs = eventIDs.texts }
    for index in 0..<dimensionCount { batch.dimensions[index] = column(1 + index).pointee.column(count: rowCount) }
  }

  /// The event's, then those of the dimensions.
  ///
  /// `columns[index]`, changed in place, is what Swift 6.3 cannot compile for the thread sanitizer: a pointer that a
  /// `~Copyable` struct holds in a `let`.
  @inline(__always)
  private func column(_ index: Int) -> UnsafeMutablePointer<ColumnBuilder> { columns + index }

  /// The hash of a row's values so far and the next one's.
  @inline(__always)
  static func combined(_ hash: UInt64, _ value: UInt64) -> UInt64 {
    let product = ((hash &<< 23 | hash &>> 41) ^ value).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }

  private mutating func grow() {
    for index in 0...dimensionCount { column(index).pointee.grow(from: rowCount, to: capacity * 2) }
    capacity *= 2
  }
}
