import Foundation
import TestSupport
import Testing

/// A store on a file system that cannot be written.
@Suite struct ReadOnlyTests {
  @Test(
    "On a read-only file system ingest is exit 73 and says so, a question answers or says what it needs",
    .enabled(if: DiskFullTests.canMount, "needs root and `unshare -m` to mount"))
  func readOnly() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(100), to: "a.jsonl")
    try workspace.write(BinaryLog.lines(100, seed: 2), to: "b.jsonl")
    try workspace.write(
      """
      muster() { "$MUSTER" "$@"; }
      mkdir disk; mount -t tmpfs -o size=20m none disk || exit 99
      muster ingest --store disk/store a.jsonl > /dev/null || exit 98
      muster query activity --store disk/store --as-of 2025-03-20 --format csv --quiet > before
      cp -a disk/store copy
      mount -o remount,ro disk || exit 97
      muster ingest --store disk/store b.jsonl; echo "ingest $?"
      muster query activity --store disk/store --as-of 2025-03-20 --format csv --quiet > asked; echo "query $?"
      diff -r copy disk/store && echo "unchanged"
      mount -o remount,rw disk
      muster ingest --format json --store disk/store b.jsonl; echo "again $?"
      """, to: "script")
    let run = workspace.shell("export MUSTER; unshare -m bash script")
    #expect(run.status == 0, "\(run.status) \(run.complaint)")
    #expect(run.output.contains("ingest 73\n") && run.output.contains("unchanged\n"), "\(run.output)\(run.complaint)")
    #expect(run.complaint.contains("disk/store") && run.complaint.contains("Read-only"), "\(run.complaint)")
    if run.output.contains("query 0\n") {
      #expect(try workspace.text(of: "asked") == workspace.text(of: "before"))
    } else {
      #expect(run.output.contains("query 66\n") && run.complaint.contains("write permission"), "\(run.complaint)")
    }
    #expect(run.output.contains("\"stored\":100") && run.output.contains("again 0\n"), "\(run.output)")
  }
}
