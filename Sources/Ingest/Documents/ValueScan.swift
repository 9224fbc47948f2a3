/// Finds where a JSON value ends, piece by piece, without looking at what it says: quotes and brackets are enough.
///
/// Whether brackets match and words are JSON is left to the parser, which reads the value as a record.
struct ValueScan {
  enum Stop {
    /// The bytes at hand end within the value.
    case more
    /// A line break follows; it is not passed.
    case lineBreak
    /// The value has ended. A number or word ends before what follows it, others behind their last byte.
    case end
  }

  /// Brackets that are open. A count, so that any nesting takes the same memory.
  private(set) var depth = 0
  private(set) var isInText = false
  private var isEscaped = false
  private let isBare: Bool
  /// It begins with a closing bracket that nothing opened: all that follow at once belong to it.
  private let isClosing: Bool
  /// Of a bare value nothing was passed yet: its first byte belongs to it, whatever it is.
  private var isFresh = true
  /// It ends with its line and nowhere else.
  let isLine: Bool

  /// A value that begins with `byte`, which is still to be passed.
  init(first byte: UInt8) {
    isBare = byte != 0x22 && byte != 0x7B && byte != 0x5B
    isClosing = byte == 0x7D || byte == 0x5D
    isLine = false
  }

  private init(depth: Int, isLine: Bool) {
    self.depth = depth
    self.isLine = isLine
    isBare = false
    isClosing = false
  }

  /// All of a line.
  static var line: ValueScan { ValueScan(depth: 0, isLine: true) }

  /// An object or array of which the opening bracket is passed, and of what is inside `inner`.
  init(around inner: ValueScan?) {
    self.init(depth: 1 + (inner?.depth ?? 0), isLine: false)
    isInText = inner?.isInText ?? false
    isEscaped = inner?.isEscaped ?? false
  }

  /// Goes on at `start`, at most to `end`.
  mutating func next(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> (place: Int, stop: Stop) {
    if isLine {
      var place = start
      while place < end, bytes[place] != 0x0A { place += 1 }
      return (place, place < end ? .lineBreak : .more)
    }
    if isBare { return bare(bytes, start, end) }
    var place = start
    while place < end {
      if isInText {
        guard let stop = text(bytes, &place, end) else { continue }
        return (place, stop)
      }
      let byte = bytes[place]
      if byte == 0x0A { return (place, .lineBreak) }
      place += 1
      switch byte {
      case 0x22: isInText = true
      case 0x7B, 0x5B: depth += 1
      case 0x7D, 0x5D:
        depth -= 1
        if depth <= 0 { return (place, .end) }
      default: break
      }
    }
    return (place, .more)
  }

  /// Goes on within a text; nil where it ended and the value goes on.
  @inline(__always)
  private mutating func text(_ bytes: UnsafePointer<UInt8>, _ place: inout Int, _ end: Int) -> Stop? {
    if isEscaped {
      if bytes[place] == 0x0A { return .lineBreak }
      isEscaped = false
      place += 1
      return nil
    }
    while place + 8 <= end {
      let marks = WordScan.stringSpecials((bytes + place).word)
      if marks != 0 {
        place += marks.trailingZeroBitCount &>> 3
        break
      }
      place += 8
    }
    while place < end {
      switch bytes[place] {
      case 0x22:
        place += 1
        isInText = false
        return depth == 0 ? .end : nil
      case 0x5C:
        place += 1
        isEscaped = true
        return nil
      case 0x0A: return .lineBreak
      default: place += 1
      }
    }
    return nil
  }

  /// The line break that follows was passed.
  mutating func passLineBreak() { isEscaped = false }

  private mutating func bare(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> (place: Int, stop: Stop) {
    var place = start
    if isFresh, place < end {
      isFresh = false
      place += 1
    }
    while place < end {
      switch bytes[place] {
      case 0x5D, 0x7D: if isClosing { place += 1 } else { return (place, .end) }
      case 0x09, 0x0A, 0x0D, 0x20, 0x22, 0x2C, 0x5B, 0x7B: return (place, .end)
      default: place += 1
      }
    }
    return (place, .more)
  }
}
