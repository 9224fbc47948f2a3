import Foundation
import TestSupport
import Testing

/// A store on a file system that cannot be written.
@Suite struct ReadOnlyTests {
  @Test(
    "On a read-only file system ingest is exit 73 and says so, and a question answers",
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
    #expect(run.output.contains("query 0\n"), "\(run.output)\(run.complaint)")
    #expect(try workspace.text(of: "asked") == workspace.text(of: "before"))
    #expect(run.output.contains("\"stored\":100") && run.output.contains("again 0\n"), "\(run.output)")
  }

  @Test(
    "An account that may only read the store asks while nobody writes, and while somebody has not settled the catalog",
    .enabled(if: DiskFullTests.canMount, "needs root and `setpriv` to be somebody else"))
  func otherAccount() throws {
    // In memory, since what lies above it may be read by anybody.
    let workspace = try BinaryWorkspace(inMemory: true)
    try workspace.write(BinaryLog.lines(100), to: "a.jsonl")
    try workspace.write(
      """
      cp "$MUSTER" muster
      ask() { setpriv --reuid=65534 --regid=65534 --clear-groups ./muster query activity --as-of 2025-03-20 \
        --format csv --quiet --workspace "$PWD/open#1"; }
      mkdir 'open#1'; cp muster.yaml 'open#1'; chmod 755 . 'open#1'
      "$MUSTER" ingest --workspace "$PWD/open#1" a.jsonl > /dev/null || exit 98
      ask > resting; echo "resting $?"
      setpriv --reuid=65534 --regid=65534 --clear-groups touch 'open#1/.muster/x' 2> /dev/null && exit 97
      # A writer that was killed leaves its log beside the catalog.
      sqlite_wal='import os,sqlite3,sys; c=sqlite3.connect(sys.argv[1],isolation_level=None)
      c.execute("create table if not exists stranger (x)"); c.execute("insert into stranger values (1)"); os._exit(9)'
      if command -v python3 > /dev/null; then
        python3 -c "$(echo "$sqlite_wal" | sed 's/^ *//')" 'open#1/.muster/catalog.sqlite'
        ls 'open#1/.muster' | grep -c wal; ask > unsettled; echo "unsettled $?"
      fi
      """, to: "script")
    let run = workspace.shell("export MUSTER; bash script")
    #expect(run.status == 0 && run.output.contains("resting 0\n"), "\(run.status) \(run.output)\(run.complaint)")
    let answer = try workspace.text(of: "resting")
    #expect(answer.split(separator: "\n").count > 1, "\(answer)")
    if run.output.contains("unsettled") {
      #expect(run.output.contains("unsettled 0\n"), "\(run.output)\(run.complaint)")
      #expect(try workspace.text(of: "unsettled") == answer)
    }
  }
}
