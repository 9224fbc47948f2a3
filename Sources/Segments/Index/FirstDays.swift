internal import Columns
package import Events

/// The community day of each member's first event that is not passive, by key.
///
/// Keys are given in order of first appearance, so that the members of a day lie together: a run a day where a log
/// arrives in order. Kept in `index/first-days`, which says for which state of the dictionary, which passive events
/// and which zone it holds; made anew from `members/firsts` where it does not hold.
package struct FirstDays: Sendable, Equatable {
  /// Keys from the end of the run before, below `end`.
  package struct Run: Sendable, Equatable {
    package var end: Int
    /// Number of the day, or ``FirstDays/none``.
    package var day: Int32

    package init(end: Int, day: Int32) { (self.end, self.day) = (end, day) }
  }

  /// Stands for members without such an event.
  @inlinable package static var none: Int32 { .min }

  /// Ascending; neighbours have different days.
  package private(set) var runs: [Run] = []

  /// - Parameter days: by key.
  package init(_ days: [Int32]) {
    days.withUnsafeBufferPointer { days in
      var start = 0
      while start < days.count {
        let day = days[start]
        var end = start + 1
        while end < days.count, days[end] == day { end += 1 }
        runs.append(Run(end: end, day: day))
        start = end
      }
    }
  }

  fileprivate init(runs: [Run]) { self.runs = runs }

  /// Day numbers by key.
  package var days: [Int32] {
    [Int32](unsafeUninitializedCapacity: runs.last?.end ?? 0) { days, filled in
      for run in runs {
        days[filled..<run.end].initialize(repeating: run.day)
        filled = run.end
      }
    }
  }

  /// The same without members whose day is `limit` or later.
  package func before(_ limit: CommunityDay) -> FirstDays {
    if runs.allSatisfy({ $0.day < limit.number }) { return self }
    return FirstDays(days.map { $0 < limit.number ? $0 : Self.none })
  }
}

/// What a file of first days rests on.
private struct FirstDaysTie: Equatable {
  var firstByteCount: Int
  var memberCount: Int
  var passive: UInt64
  var zone: UInt64

  init(_ members: MemberDictionary.Committed, _ settings: WorkspaceSettings) {
    (firstByteCount, memberCount) = (members.firstBytes, members.ids)
    passive = ActivityIndexHead.fingerprint(ofPassive: settings.schema.passiveEvents)
    zone = Array(settings.timeZone.utf8).withUnsafeBytes { byteHash($0) }
  }

  /// - Parameter words: 4, as `words` gives them.
  init?(_ words: [UInt64]) {
    guard words.count == 4, let bytes = Int(exactly: words[0]), let members = Int(exactly: words[1]) else { return nil }
    (firstByteCount, memberCount, passive, zone) = (bytes, members, words[2], words[3])
  }

  var words: [UInt64] { [UInt64(firstByteCount), UInt64(memberCount), passive, zone] }

  /// Whether `later` is a state of the same dictionary, which only grows.
  func grows(into later: FirstDaysTie) -> Bool {
    passive == later.passive && zone == later.zone && firstByteCount <= later.firstByteCount
      && memberCount <= later.memberCount
  }
}

/// `index/first-days`: one block, written after each batch that has news of members.
struct FirstDaysFile {
  let storeFolder: String
  let settings: WorkspaceSettings

  static let name = "index/first-days"
  private var path: String { "\(storeFolder)/\(Self.name)" }
  private static let headerByteCount = 32

  /// The days that hold for a state of the dictionary, or for an earlier one.
  /// - Returns: the days, and of how many bytes of `members/firsts` they were made; nil where the file is missing or
  ///   holds for another state.
  /// - Throws: ``StoreError`` `corrupt` where it is not what was written.
  func read(upTo members: MemberDictionary.Committed) throws -> (days: FirstDays, firstByteCount: Int)? {
    guard let byteCount = fileByteCount(path), byteCount > 0,
      let block = try BlockFile.read(path, byteCount: byteCount, only: [.firstDays]).first
    else { return nil }
    let header: [UInt64] = block.payload.littleEndianNumbers(at: 0, count: min(4, block.payload.count / 8))
    guard let tie = FirstDaysTie(header), tie.grows(into: FirstDaysTie(members, settings)) else { return nil }
    guard let runs = decode(block.payload), runs.count == block.entryCount, runs.last?.end ?? 0 == tie.memberCount
    else {
      throw StoreError(.corrupt, "the file is damaged: its runs do not add up", file: path)
    }
    return (FirstDays(runs: runs), tie.firstByteCount)
  }

  /// The days that hold for a state of the dictionary. Returns and throws as ``read(upTo:)``.
  func read(_ members: MemberDictionary.Committed) throws -> FirstDays? {
    guard let (days, firstByteCount) = try read(upTo: members), firstByteCount == members.firstBytes else { return nil }
    return (days.runs.last?.end ?? 0) == members.ids ? days : nil
  }

  /// Writes days beside, then gives them the name; not durable: a file that is torn is made anew.
  func write(_ days: FirstDays, for members: MemberDictionary.Committed) throws {
    var payload: [UInt8] = []
    payload.appendLittleEndian(FirstDaysTie(members, settings).words)
    var (start, last): (Int, Int64) = (0, 0)
    for run in days.runs {
      // A day as its step from the one before; 0 is none.
      let day: Int64 = run.day == FirstDays.none ? 0 : Int64(run.day) + (1 << 31)
      payload.appendVarint(UInt64(run.end - start))
      payload.appendVarint(UInt64(bitPattern: (day - last) << 1 ^ (day - last) >> 63))
      (start, last) = (run.end, day)
    }
    try makeFolder("\(storeFolder)/index")
    let block = BlockFile.encode(.firstDays, entryCount: days.runs.count, payload: payload)
    let beside = "\(path).writing"
    try block.withUnsafeBytes { try writeNewFile($0, to: beside) }
    try renameFile(beside, to: path)
  }

  private func decode(_ payload: [UInt8]) -> [FirstDays.Run]? {
    var offset = Self.headerByteCount
    var (end, last): (Int, Int64) = (0, 0)
    var runs: [FirstDays.Run] = []
    while offset < payload.count {
      guard let count = payload.varint(at: &offset), let step = payload.varint(at: &offset), count > 0,
        count < 1 << 32
      else { return nil }
      end += Int(count)
      last = last &+ (Int64(step >> 1) ^ -Int64(step & 1))
      guard last >= 0, last < 1 << 32 else { return nil }
      runs.append(FirstDays.Run(end: end, day: last == 0 ? FirstDays.none : Int32(last - (1 << 31))))
    }
    return runs
  }
}

extension Store {
  /// The community day of each member's first event that is not passive.
  ///
  /// Costs a small read where `index/first-days` holds for the snapshot, else as much as
  /// ``firstQualifyingInstants(_:from:)``.
  /// - Throws: ``StoreError`` `corrupt`.
  package func firstDays(_ snapshot: Snapshot) throws -> FirstDays {
    try checkDictionaryIsThere(snapshot)
    let file = FirstDaysFile(storeFolder: folder, settings: settings)
    if let days = try? file.read(snapshot.members) { return days }
    return try computedFirstDays(snapshot)
  }

  /// The same from `members/firsts`, of which only what came since the file was written has to be read.
  func computedFirstDays(_ snapshot: Snapshot) throws -> FirstDays {
    let known = try? FirstDaysFile(storeFolder: folder, settings: settings).read(upTo: snapshot.members)
    var days = known?.days.days ?? []
    days += repeatElement(FirstDays.none, count: snapshot.memberCount - days.count)
    var clock = DayClock(zone)
    let instants = try firstQualifyingInstants(snapshot, from: known?.firstByteCount ?? 0)
    for (member, instant) in instants.enumerated() where instant != .max {
      let day = clock.day(of: instant).number
      days[member] = days[member] == FirstDays.none ? day : min(days[member], day)
    }
    return FirstDays(days)
  }

  /// Writes `index/first-days` where it does not hold for the snapshot.
  func renewFirstDays(_ snapshot: Snapshot) throws {
    let file = FirstDaysFile(storeFolder: folder, settings: settings)
    if (try? file.read(snapshot.members)) != nil { return }
    try file.write(computedFirstDays(snapshot), for: snapshot.members)
  }
}

extension [UInt8] {
  /// Adds a number, seven bits a byte, the lowest first.
  fileprivate mutating func appendVarint(_ number: UInt64) {
    var rest = number
    while rest >= 128 {
      append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// Reads what ``appendVarint(_:)`` wrote and moves `offset` behind it; nil past the end.
  fileprivate func varint(at offset: inout Int) -> UInt64? {
    var (result, shift): (UInt64, UInt64) = (0, 0)
    while offset < count, shift < 64 {
      let byte = self[offset]
      offset += 1
      result |= UInt64(byte & 127) << shift
      if byte < 128 { return result }
      shift += 7
    }
    return nil
  }
}
