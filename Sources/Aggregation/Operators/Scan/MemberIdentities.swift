internal import Columns
internal import Events
internal import Segments

/// Raw ids of members, for answers that were asked to name them, and an order of members that no log's order of
/// arrival changes: by the hash of the id, then by the id.
struct MemberIdentities {
  private let ids: StringTable?
  /// What keys the hash: another number would be another order.
  private static let seed: UInt64 = 0x4D75_7374_6572_4964

  /// - Parameter isNeeded: whether members are named; else ids are not read, and order is that of keys.
  init(_ resolved: ResolvedQuestion, isNeeded: Bool) throws {
    ids = isNeeded ? try resolved.store.memberIDs(resolved.snapshot) : nil
  }

  /// The raw id of a member; empty where ids were not read.
  func id(of member: Int32) -> String { ids?.string(UInt32(bitPattern: member)) ?? "" }

  /// Whether a member comes first among equals.
  func precedes(_ a: Int32, _ b: Int32) -> Bool {
    guard ids != nil else { return a < b }
    let (first, second) = (id(of: a), id(of: b))
    let (x, y) = (Self.hash(first), Self.hash(second))
    return x != y ? x < y : first.utf8.lexicographicallyPrecedes(second.utf8)
  }

  private static func hash(_ id: String) -> UInt64 {
    var id = id
    return id.withUTF8 { byteHash(UnsafeRawBufferPointer($0), seed: seed) }
  }
}
