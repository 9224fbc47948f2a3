/// The arrays of objects in a JSON text that may be cut off anywhere.
struct JSONArrays {
  struct Found {
    /// Keys from the outermost object; arrays on the way add none.
    var path: [String]
    /// Objects in all arrays at this path.
    var count: Int
  }

  /// Shallow ones first, then those with more objects.
  let found: [Found]

  private static let depthMax = 5

  init(in text: [UInt8]) {
    var counts: [[String]: Int] = [:]
    let padded = text + [UInt8](repeating: 0, count: LogChunk.paddingByteCount)
    padded.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      var walk = Walk(bytes: base, count: text.count)
      walk.value([], isRecord: false)
      counts = walk.counts
    }
    found = counts.map { Found(path: $0.key, count: $0.value) }.sorted { a, b in
      (a.path.count, -a.count, a.path.joined()) < (b.path.count, -b.count, b.path.joined())
    }
  }

  private struct Walk {
    let bytes: UnsafePointer<UInt8>
    let count: Int
    var place = 0
    var counts: [[String]: Int] = [:]

    /// Passes the next value; false where the text ends or breaks.
    @discardableResult
    mutating func value(_ path: [String], isRecord: Bool, depth: Int = 0) -> Bool {
      guard let byte = next() else { return false }
      if isRecord, byte == 0x7B { counts[path, default: 0] += 1 }
      if depth < JSONArrays.depthMax * 2, path.count < JSONArrays.depthMax {
        if byte == 0x7B { return object(path, depth: depth) }
        if byte == 0x5B { return array(path, depth: depth) }
      }
      return skip(byte)
    }

    private mutating func object(_ path: [String], depth: Int) -> Bool {
      place += 1
      while let byte = next() {
        if byte == 0x7D {
          place += 1
          return true
        }
        if byte == 0x2C {
          place += 1
          continue
        }
        let start = place
        guard byte == 0x22, skip(byte) else { return false }
        let key = keyText(Array(UnsafeBufferPointer(start: bytes + start + 1, count: place - start - 2)))
        guard next() == 0x3A else { return false }
        place += 1
        guard value(path + [key], isRecord: false, depth: depth + 1) else { return false }
      }
      return false
    }

    private mutating func array(_ path: [String], depth: Int) -> Bool {
      place += 1
      while let byte = next() {
        if byte == 0x5D {
          place += 1
          return true
        }
        if byte == 0x2C {
          place += 1
          continue
        }
        guard value(path, isRecord: true, depth: depth + 1) else { return false }
      }
      return false
    }

    private mutating func next() -> UInt8? {
      while place < count, isBlank(bytes[place]) { place += 1 }
      return place < count ? bytes[place] : nil
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
      var scan = ValueScan(first: byte)
      while true {
        let (end, stop) = scan.next(bytes, place, count)
        place = end
        switch stop {
        case .end: return true
        case .more: return false
        case .lineBreak: place += 1
        }
      }
    }
  }
}
