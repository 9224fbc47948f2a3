import Columns
import TestSupport
import Testing

@Suite("Scanning bytes")
struct ByteScanTests {
  @Test(
    "The first special byte is found at every place, by both forms",
    arguments: [0x22, 0x5C, 0x00, 0x0A, 0x1F] as [UInt8])
  func special(byte: UInt8) {
    for place in 0..<100 {
      var bytes = [UInt8](repeating: 0x7F, count: 200)
      for index in bytes.indices where index % 3 == 0 { bytes[index] = 0xE4 }
      bytes[place] = byte
      bytes[place + 1] = 0x22
      bytes.withUnsafeBufferPointer { buffer in
        let start = buffer.baseAddress!
        #expect(stringSpecial(start) - start == place)
        #expect(PortableKernels.stringSpecial(start) - start == place)
      }
    }
  }

  @Test("Random bytes: both forms agree from every start")
  func specialAtRandom() {
    var random = SeededNumbers(seed: 11)
    var bytes = (0..<4000).map { _ in UInt8(truncatingIfNeeded: random.next() >> 20) }
    bytes += [0x22] + [UInt8](repeating: 0, count: 64)
    bytes.withUnsafeBufferPointer { buffer in
      for start in 0..<4000 {
        let address = buffer.baseAddress! + start
        #expect(stringSpecial(address) == PortableKernels.stringSpecial(address), "start \(start)")
      }
    }
  }

  @Test(
    "A NUL or a byte beyond ASCII is seen wherever it stands, in any length", arguments: [0, 0x80, 0xFF] as [UInt8])
  func plain(byte: UInt8) {
    for count in [0, 1, 15, 63, 64, 65, 130] {
      var bytes = [UInt8](repeating: 0x41, count: count)
      bytes.withUnsafeBytes { #expect(isPlainText($0) && PortableKernels.isPlainText($0)) }
      for place in 0..<count {
        bytes[place] = byte
        bytes.withUnsafeBytes { #expect(!isPlainText($0) && !PortableKernels.isPlainText($0), "\(place) of \(count)") }
        bytes[place] = 0x41
      }
    }
  }

  @Test(
    "A line's end, its marks and what is odd in it are found by all forms",
    arguments: [
      (SoughtBytes.json, UInt8(0x22), [0x5C, 0x09, 0x1F, 0x00] as [UInt8]),
      (.row(delimiter: 0x2C, hasQuotes: true), 0x2C, [0x22, 0x00]),
      (.row(delimiter: 0x09, hasQuotes: false), 0x09, [0x00]),
    ])
  func lines(sought: SoughtBytes, mark: UInt8, odd: [UInt8]) {
    var random = SeededNumbers(seed: 5)
    let letters: [UInt8] = [mark, mark, 0x61, 0x62, 0x3A, 0x7D, 0x20]
    for count in 0..<300 {
      var bytes = (0..<count).map { _ in letters[Int(random.next() % 7)] }
      let isOdd = random.next() % 3 == 0 && count > 0
      let isHigh = random.next() % 3 == 0 && count > 1
      if isHigh { bytes[0] = 0xE4 }
      if isOdd { bytes[count - 1] = odd[Int(random.next() % UInt64(odd.count))] }
      let places = bytes.indices.filter { bytes[$0] == mark }.map(UInt32.init)
      let hasBreak = random.next() % 2 == 0
      // Behind the line there is what must not be seen.
      let all = bytes + (hasBreak ? [0x0A] : []) + [UInt8](repeating: mark, count: hasBreak ? 70 : 0)
      (all + [UInt8](repeating: 0, count: 64)).withUnsafeBufferPointer { buffer in
        for width in [16, 32, 64] where width <= LineMarks.width {
          var found = [UInt32](repeating: 0, count: 400)
          let marks = lineMarks(
            buffer.baseAddress!, limit: all.count, of: sought, places: &found, room: 400, width: width)
          #expect(marks.end == count)
          #expect(Array(found.prefix(marks.markCount)) == places)
          #expect(marks.isOrdinary == !isOdd && marks.isBeyondASCII == isHigh, "\(bytes)")
          let cramped = lineMarks(
            buffer.baseAddress!, limit: all.count, of: sought, places: &found, room: 8, width: width)
          #expect(cramped.end == count && (cramped.markCount == places.count || !cramped.isOrdinary))
        }
      }
    }
  }

  @Test("Marks of 64 bytes are the same in all forms")
  func marks() {
    var random = SeededNumbers(seed: 12)
    for _ in 0..<500 {
      let bytes = (0..<64).map { _ in UInt8(truncatingIfNeeded: random.next() >> 20) }
      bytes.withUnsafeBufferPointer {
        for sought in [SoughtBytes.json, .row(delimiter: 0x2C, hasQuotes: true), .row(delimiter: 9, hasQuotes: false)] {
          let marks = PortableKernels.marks($0.baseAddress!, of: sought)
          #expect(marks.allSatisfy { $0 == marks[0] })
        }
      }
    }
  }

  @Test(
    "What lies between texts is told by all forms, wherever one byte differs", arguments: [0, 1, 15, 16, 17, 31, 32])
  func gaps(count: Int) {
    var bytes = (0..<80).map { UInt8($0 + 0x30) }
    let gap = bytes.withUnsafeBufferPointer { LineGap($0.baseAddress! + 8, count: count) }
    for place in 0..<80 {
      for value in [bytes[place], bytes[place] ^ 0x80] {
        let old = bytes[place]
        bytes[place] = value
        let forms = bytes.withUnsafeBufferPointer { PortableKernels.unlike(gap, at: $0.baseAddress! + 8) }
        let expected = value != old && (8..<8 + count).contains(place) ? UInt32(1) << UInt32(place - 8) : 0
        #expect(forms.allSatisfy { $0 == expected }, "byte \(place) of \(count)")
        bytes[place] = old
      }
    }
  }

  @Test("Lines of one shape give the same texts in all forms, up to the first of another shape", arguments: 0..<40)
  func shapedLines(seed: Int) {
    var random = SeededNumbers(seed: UInt64(seed))
    let odd = Int.random(in: 0..<40, using: &random)
    let gaps = ["{\"a\":\"", "\",\"b\":\""].map { gap in
      Array(gap.utf8).withUnsafeBufferPointer { LineGap($0.baseAddress!, count: $0.count) }
    }
    // Of one gap, of several, and with text in it.
    let tail = "\",\"c\":\(["null", "1234567890", "{\"a b c d e f g h i j k l m n o p\":\"q r s t u v\"}"][seed % 3])}"
    let shape = Array(tail.utf8).withUnsafeBufferPointer { LinesShape(gaps: gaps, count: 2, tail: $0) }
    var values: [[String]] = []
    var text = ""
    for line in 0..<40 {
      let length = Int.random(in: 0..<90, using: &random)
      values.append(["\(line)", String(repeating: "x", count: length)])
      let wrong = line == odd ? ["é", "\\\\", "\"", "\t", "\n", ""][seed % 6] : ""
      text += "{\"a\":\"\(line)\",\"b\":\"\(values[line][1])\(wrong)\(tail)\(line == odd ? " " : "")\n"
    }
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
    bytes.withUnsafeBufferPointer { bytes in
      for width in [16, 32, 64] where width <= LineMarks.width {
        let texts = UnsafeMutablePointer<PlacedText>.allocate(capacity: 2 * ShapedLines.countMax)
        let places = UnsafeMutablePointer<UInt32>.allocate(capacity: 512)
        defer {
          texts.deallocate()
          places.deallocate()
        }
        var (start, found) = (0, [[String]]())
        while true {
          let most = Int.random(in: 1...ShapedLines.countMax, using: &random)
          let lines = shape.lines(
            bytes.baseAddress! + start, limit: text.utf8.count - start, texts: texts, most: most, places: places,
            room: 512, width: width)
          for line in 0..<lines.count {
            let both = [0, 1].map { texts[$0 * ShapedLines.countMax + line] }
            found.append(
              both.map { String(decoding: UnsafeBufferPointer(start: $0.start, count: $0.count), as: UTF8.self) })
          }
          start += lines.end
          if lines.count == 0 { break }
        }
        #expect(found == Array(values[..<odd]), "width \(width)")
      }
    }
  }
}
