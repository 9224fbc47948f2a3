internal import Columns

/// The rows of a batch while they are made, in memory of their own: no checks of sharing for each value.
struct BatchBuilder: ~Copyable {
  private(set) var rowCount = 0
  private var capacity: Int
  private var ts: UnsafeMutablePointer<Int64>
  private var identities: UnsafeMutablePointer<RecordIdentity>
  /// member, event, properties, event ids, then the dimensions.
  private let columns: UnsafeMutablePointer<ColumnBuilder>
  private let dimensionCount: Int
  private let keepsEventID: Bool

  init(dimensionCount: Int, keepsEventID: Bool, capacity: Int) {
    self.capacity = max(16, capacity)
    self.dimensionCount = dimensionCount
    self.keepsEventID = keepsEventID
    ts = .allocate(capacity: self.capacity)
    identities = .allocate(capacity: self.capacity)
    columns = .allocate(capacity: 4 + dimensionCount)
    for index in 0..<4 + dimensionCount {
      // Members are many, events and most dimensions few.
      let valueCount = index == 0 ? self.capacity / 2 : 16
      (columns + index).initialize(to: ColumnBuilder(capacity: self.capacity, valueCount: valueCount))
    }
  }

  deinit {
    ts.deallocate()
    identities.deallocate()
    for index in 0..<4 + dimensionCount { columns[index].free() }
    columns.deinitialize(count: 4 + dimensionCount)
    columns.deallocate()
  }

  /// Starts a row; all of the following are to be called for it, in this order.
  @inline(__always)
  mutating func begin(ts instant: Int64, member: UnsafeRawBufferPointer, event: UnsafeRawBufferPointer) -> UInt64 {
    if rowCount == capacity { grow() }
    ts[rowCount] = instant
    let hash = Self.combined(0x4D75_7374_6572_0003, UInt64(bitPattern: instant))
    return Self.combined(Self.combined(hash, columns[0].setLong(rowCount, member)), columns[1].set(rowCount, event))
  }

  @inline(__always)
  func dimension(_ index: Int, _ text: UnsafeRawBufferPointer, _ hash: UInt64) -> UInt64 {
    Self.combined(hash, columns[4 + index].set(rowCount, text))
  }

  /// Nil for none.
  @inline(__always)
  func properties(_ text: UnsafeRawBufferPointer?, _ hash: UInt64) -> UInt64 {
    guard let text else { return Self.combined(hash, columns[2].setNull(rowCount)) }
    return Self.combined(hash, columns[2].setLong(rowCount, text))
  }

  @inline(__always)
  mutating func end(eventID: UnsafeRawBufferPointer, identity: RecordIdentity) {
    if keepsEventID { _ = columns[3].set(rowCount, eventID) }
    identities[rowCount] = identity
    rowCount += 1
  }

  /// Fills the columns of `batch`.
  func finish(_ batch: inout RecordBatch) {
    batch.ts = Array(UnsafeBufferPointer(start: ts, count: rowCount))
    batch.identities = Array(UnsafeBufferPointer(start: identities, count: rowCount))
    batch.member = columns[0].column(count: rowCount)
    batch.event = columns[1].column(count: rowCount)
    batch.properties = columns[2].column(count: rowCount)
    if keepsEventID { batch.eventIDs = columns[3].column(count: rowCount) }
    for index in 0..<dimensionCount { batch.dimensions[index] = columns[4 + index].column(count: rowCount) }
  }

  /// The hash of a row's values so far and the next one's.
  @inline(__always)
  private static func combined(_ hash: UInt64, _ value: UInt64) -> UInt64 {
    let product = ((hash &<< 23 | hash &>> 41) ^ value).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }

  private mutating func grow() {
    let larger = capacity * 2
    for index in 0..<4 + dimensionCount { columns[index].grow(from: rowCount, to: larger) }
    ts = Self.moved(ts, rowCount, to: larger)
    identities = Self.moved(identities, rowCount, to: larger)
    capacity = larger
  }

  private static func moved<Row: BitwiseCopyable>(
    _ rows: UnsafeMutablePointer<Row>, _ count: Int, to capacity: Int
  ) -> UnsafeMutablePointer<Row> {
    let larger = UnsafeMutablePointer<Row>.allocate(capacity: capacity)
    larger.update(from: rows, count: count)
    rows.deallocate()
    return larger
  }
}
