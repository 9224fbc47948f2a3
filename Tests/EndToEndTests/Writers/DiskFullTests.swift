import Foundation
import TestSupport
import Testing

/// A disk that fills up: exit 73, the store as before, and the same command works once there is space.
@Suite struct DiskFullTests {
  /// Mounting needs root in a name space of its own.
  static let canMount: Bool = {
    let probe = try? BinaryWorkspace()
    return probe?.shell("mkdir m && unshare -m mount -t tmpfs -o size=64k none m").status == 0
  }()

  @Test(
    "On a full disk ingest is exit 73 and the store as before",
    .enabled(if: canMount, "needs root and `unshare -m` to mount a small tmpfs"),
    arguments: [448, 512, 768, 1024, 1536, 2048])
  func full(_ kibibytes: Int) throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(100), to: "a.jsonl")
    try workspace.write(BinaryLog.lines(80_000, members: 60_000, seed: 2), to: "b.jsonl")
    let ask = "muster query activity --by event --as-of 2025-03-20 --format csv --quiet --store disk/store"
    try workspace.write(
      """
      muster() { "$MUSTER" "$@"; }
      mkdir disk; mount -t tmpfs -o size=\(kibibytes)k none disk || exit 99
      muster ingest --store disk/store a.jsonl > /dev/null || exit 98
      cp -a disk/store before; \(ask) > answer-before
      muster ingest --store disk/store b.jsonl; echo "status $?"
      cp -a disk/store after; \(ask) > answer-after
      muster store check --store disk/store; echo "check $?"
      mount -o remount,size=100m disk
      muster ingest --format json --store disk/store b.jsonl; echo "again $?"
      muster store check --store disk/store; echo "check again $?"
      """, to: "script")
    let run = workspace.shell("export MUSTER; unshare -m bash script")
    #expect(run.status == 0, "\(run.complaint)")
    #expect(run.output.contains("status 73\n"), "\(run.output)\(run.complaint)")
    #expect(run.complaint.contains("disk/store"), "\(run.complaint)")
    #expect(run.output.contains("check 0\n"), "\(run.output)")
    #expect(try workspace.text(of: "answer-before") == workspace.text(of: "answer-after"))
    // Uncommitted tails of append-only files are cut off by the next writer; all else is as it was.
    let (before, after) = (try workspace.storeContent("before"), try workspace.storeContent("after"))
    for (file, bytes) in before { #expect(after[file]?.starts(with: bytes) == true, "\(file)") }
    for file in after.keys where file.hasPrefix("segments/") { #expect(before[file] != nil, "\(file)") }
    #expect(run.output.contains("\"stored\":80000"), "\(run.output)")
    #expect(run.output.contains("again 0\n") && run.output.contains("check again 0\n"), "\(run.output)")
  }
}
