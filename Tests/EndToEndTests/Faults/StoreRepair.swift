import TestSupport
import Testing

/// `store check --repair`, where the binary has it: else the next writer clears what a crash left.
enum StoreRepair {
  static let exists: Bool = {
    guard let workspace = try? BinaryWorkspace() else { return false }
    return workspace.muster("store", "check", "--help").output.contains("--repair")
  }()

  /// Repairs where that is possible, and expects a store in which nothing is amiss and nothing waits to be cleared.
  static func expectNoOrphans(in workspace: BinaryWorkspace, _ place: String) throws {
    if exists {
      let repair = workspace.muster("store", "check", "--repair", "--quiet")
      #expect(repair.status == 0 || repair.status == 1, "\(place): \(repair.complaint)")
    }
    let check = workspace.muster("store", "check", "--quiet")
    #expect(check.status == 0, "\(place): \(check.output)\(check.complaint)")
    #expect(workspace.files(below: ".muster/staging") == [], "\(place)")
  }
}
