internal import Columns

/// Compares the file of member facts with what was written.
struct FactsCheck {
  let store: Store

  func findings(_ snapshot: Snapshot) -> [StoreFinding] {
    guard let record = snapshot.facts else { return [] }
    let name = "members/\(record.file)"
    do {
      let bytes = try readFile("\(store.folder)/\(name)")
      if bytes.withUnsafeBytes({ ContentHash(of: $0) }).description == record.content { return [] }
      _ = try FactsReader(record, storeFolder: store.folder).facts(memberCount: snapshot.memberCount)
      return [StoreFinding(kind: .damaged, file: name, message: "bytes changed since they were written")]
    } catch let error as StoreError where error.code == .notFound {
      return [
        StoreFinding(kind: .missing, file: name, message: "the file is gone: facts of \(record.rowCount) members")
      ]
    } catch {
      return [StoreFinding(kind: .damaged, file: name, message: "\(error)")]
    }
  }
}
