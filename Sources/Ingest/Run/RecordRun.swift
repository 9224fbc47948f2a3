internal import Columns
internal import Events

/// Records of one chunk that follow one another on one day, waiting to be copied column by column; and what is known
/// of the whole chunk: member keys, and codes in the tables of the call.
struct RecordRun {
  let batch: RecordBatch
  private(set) var day: CommunityDay?
  /// Rows of the batch, ascending, and the members' keys.
  private(set) var rows: [Int] = []
  private(set) var members: [Int32] = []
  /// By the chunk's code; `UInt32.max` is not looked up yet.
  private var memberKeys: [UInt32]
  var eventCodes: [UInt32]
  var dimensionCodes: [[UInt32]]

  init(of batch: RecordBatch) {
    self.batch = batch
    memberKeys = [UInt32](repeating: .max, count: batch.member.values.count)
    eventCodes = [UInt32](repeating: .max, count: batch.event.values.count)
    dimensionCodes = batch.dimensions.map { [UInt32](repeating: .max, count: $0.values.count) }
  }

  mutating func add(_ row: Int, member: UInt32) {
    rows.append(row)
    members.append(Int32(bitPattern: member))
  }

  func memberKey(_ code: UInt32) -> UInt32? { memberKeys[Int(code)] == .max ? nil : memberKeys[Int(code)] }

  mutating func remember(_ key: UInt32, of code: UInt32) { memberKeys[Int(code)] = key }

  /// Empties the run; what comes next is of `day`.
  mutating func restart(on day: CommunityDay?) {
    self.day = day
    rows.removeAll(keepingCapacity: true)
    members.removeAll(keepingCapacity: true)
  }
}
