import Columns
import TestSupport
import Testing

/// Each form by wide registers against the plain one. Where the processor lacks them nothing is done, which is right too.
@Suite("Wide registers")
struct WideKernelsTests {
  @Test("Running sums of packed offsets are those of one after another", arguments: 1...16)
  func sums(width: Int) {
    var random = SeededNumbers(seed: UInt64(width))
    let mask = (UInt64(1) << UInt64(width)) - 1
    for count in [0, 1, 7, 8, 9, 32, 128, 131] {
      let offsets = (0..<count).map { _ in random.next() & mask }
      var packed = PackedBits()
      offsets.withUnsafeBufferPointer { packed.append($0, width: width) }
      packed.align()
      let least = UInt32(truncatingIfNeeded: random.next())
      var previous = UInt32(truncatingIfNeeded: random.next())
      let start = previous
      var sums = [Int32](repeating: 0, count: count + 8)
      let done = (packed.bytes + [UInt8](repeating: 0xFF, count: 16)).withUnsafeBytes {
        WideKernels.addOffsets(
          $0.baseAddress!, count: count, width: width, least: least, previous: &previous, into: &sums)
      }
      #expect(done == (WideKernels.areHere ? count & ~7 : 0))
      var sum = start
      for place in 0..<done {
        sum = sum &+ least &+ UInt32(offsets[place])
        #expect(sums[place] == Int32(bitPattern: sum), "width \(width), place \(place) of \(count)")
      }
      #expect(previous == sum)
      #expect(sums[done...].allSatisfy { $0 == 0 }, "nothing is written behind the groups")
    }
  }

  @Test("A byte a code, also for codes beyond the table", arguments: [0, 1, 4, 15])
  func bytesOfCodes(tableCount: Int) {
    var random = SeededNumbers(seed: 5)
    let table = (0..<tableCount).map { UInt8($0 * 7 + 1) }
    for count in [0, 1, 15, 16, 17, 100] {
      var codes = (0..<count).map { _ in UInt32(random.next() % 20) }
      if count > 3 { codes[3] = .max }
      var bytes = [UInt8](repeating: 0, count: count + 16)
      let done = codes.withUnsafeBufferPointer { codes in
        bytes.withUnsafeMutableBufferPointer {
          WideKernels.bytes(of: codes, in: table, beyond: 99, into: $0.baseAddress!)
        }
      }
      #expect(done == (WideKernels.areHere && count > 0 ? count & ~15 : 0))
      for place in 0..<done {
        #expect(bytes[place] == (codes[place] < tableCount ? table[Int(codes[place])] : 99))
      }
      #expect(bytes[done...].allSatisfy { $0 == 0 }, "nothing is written behind the blocks")
    }
  }

  @Test("Pairs of the rows selected, without those that have no code", arguments: [true, false])
  func pairs(isSelecting: Bool) {
    var random = SeededNumbers(seed: 6)
    for count in [0, 1, 15, 16, 17, 160, 1000] {
      let codes = (0..<count).map { _ in random.next() % 5 == 0 ? UInt32.max : UInt32(truncatingIfNeeded: random.next())
      }
      let values = (0..<count).map { _ in UInt32(truncatingIfNeeded: random.next()) }
      let selection = (0..<count).map { _ in UInt8(random.next() % 3) }
      var pairs = [UInt64](repeating: 7, count: count + 8)
      let done = codes.withUnsafeBufferPointer { codes in
        values.withUnsafeBufferPointer { values in
          selection.withUnsafeBufferPointer { selection in
            WideKernels.selectPairs(
              codes, values, selection: isSelecting ? selection.baseAddress : nil, into: &pairs)
          }
        }
      }
      #expect(done.rowCount == (WideKernels.areHere && count > 0 ? count & ~15 : 0))
      let wanted = (0..<done.rowCount).filter { codes[$0] != .max && (!isSelecting || selection[$0] == 1) }
      #expect(Array(pairs[..<done.pairCount]) == wanted.map { UInt64(codes[$0]) << 32 | UInt64(values[$0]) })
      #expect(pairs[min(pairs.count, done.pairCount + 8)...].allSatisfy { $0 == 7 }, "eight more at most are written")
    }
  }

  @Test("A table of more than fifteen bytes is left to the caller")
  func longTable() {
    var bytes = [UInt8](repeating: 0, count: 32)
    let done = [UInt32](repeating: 3, count: 32).withUnsafeBufferPointer {
      WideKernels.bytes(of: $0, in: [UInt8](repeating: 1, count: 16), beyond: 0, into: &bytes)
    }
    #expect(done == 0)
  }
}
