internal import Events

/// How much of the files that only grow was committed: of the member dictionary, and of the duplicate sidecars.
///
/// The record of the last commit says so. Without it, all blocks up to the last whole one are taken: bytes of a
/// batch that never committed may be among them, which is said.
struct RecoveredFiles {
  var members: [CommitRecord.Growing] = []
  var duplicateDays: [CommitRecord.Growing] = []
  /// Ids that count.
  var memberCount: Int { members.first { $0.name == "ids" }?.entryCount ?? 0 }
  /// What was taken without proof.
  var doubts: [String] = []

  /// - Parameters:
  ///   - memberCountMin: keys that segments name.
  ///   - arrival: of the last batch: since then sidecars are open, where nothing says when they were written.
  /// - Throws: ``StoreError`` `corrupt` where the dictionary is gone, cut short or damaged: ids cannot be made again.
  init(storeFolder: String, record: CommitRecord?, memberCountMin: Int, arrival: Timestamp) throws {
    let folder = "\(storeFolder)/members"
    members = try Self.memberFiles(folder, record: record)
    guard memberCount >= memberCountMin else {
      throw StoreError(
        .corrupt, "the member dictionary holds \(memberCount) ids where segments name \(memberCountMin)",
        file: "\(folder)/ids", hint: "Ids cannot be made again: restore members/ from a copy. Nothing was changed.")
    }
    let sidecars = "\(storeFolder)/duplicates"
    let days = listFolder(sidecars).filter { CommunityDay($0) != nil }
    if let record {
      for day in record.duplicateDays {
        if let found = try? Self.prefix("\(sidecars)/\(day.name)", byteCount: day.byteCount), found == day.entryCount {
          duplicateDays.append(day)
        } else {
          doubts.append(
            "duplicates/\(day.name) is damaged or gone: records of that day that come again are stored again")
        }
      }
      return
    }
    for day in days {
      let (bytes, entries) = Self.wholeBlocks("\(sidecars)/\(day)")
      if bytes == 0 { continue }
      duplicateDays.append(.init(name: day, byteCount: bytes, entryCount: entries, writtenAt: arrival))
    }
    doubts.append(
      "there is no record of the last commit: a batch that was being written may be counted, in whole or in part, "
        + "and its records may count as duplicates when they come again")
  }

  /// The committed part of each file under `members/`.
  private static func memberFiles(_ folder: String, record: CommitRecord?) throws -> [CommitRecord.Growing] {
    if let record {
      for file in record.memberFiles { _ = try prefix("\(folder)/\(file.name)", byteCount: file.byteCount) }
      return record.memberFiles
    }
    let ids = wholeBlocks("\(folder)/ids")
    let firsts = wholeBlocks("\(folder)/firsts", counting: .strings)
    return [
      .init(name: "firsts", byteCount: firsts.byteCount, entryCount: firsts.entryCount),
      .init(name: "ids", byteCount: ids.byteCount, entryCount: ids.entryCount),
    ]
  }

  /// Entries in the first `byteCount` bytes of a file of blocks.
  private static func prefix(_ path: String, byteCount: Int) throws -> Int {
    try BlockFile.read(path, byteCount: byteCount).reduce(0) { $0 + $1.entryCount }
  }

  /// The blocks of a file up to the last whole one, and their entries; of one kind where `kind` says so.
  private static func wholeBlocks(_ path: String, counting kind: BlockFile.Kind? = nil) -> (
    byteCount: Int, entryCount: Int
  ) {
    let blocks = BlockFile.wholeBlocks(path)
    let counted = blocks.filter { kind == nil || $0.kind == kind }
    return (blocks.last?.payload.upperBound ?? 0, counted.reduce(0) { $0 + $1.entryCount })
  }
}
