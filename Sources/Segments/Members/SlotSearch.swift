internal import Columns

/// The slots of `members/table`, searched as they lie on disk.
///
/// A slot's tag and code lie at its rank: how many slots before it are used. About three cache misses a look-up.
struct SlotSearch: Sendable {
  /// How many ids the slots hold.
  let count: Int
  private let payload: [UInt8]
  private let layout: PackedSlots.Layout
  /// By word of 64 slots: how many slots before it are used.
  private let ranks: [UInt32]

  /// Fewer ids are read whole at once.
  static let countMin = 64

  /// nil where the block is not what ``PackedSlots/encode(_:count:hash:)`` gives, or small.
  init?(_ block: BlockFile.Block) {
    guard let layout = PackedSlots.Layout(block), layout.slotCount.nonzeroBitCount == 1,
      block.entryCount >= Self.countMin, block.entryCount < layout.slotCount
    else { return nil }
    (count, payload, self.layout) = (block.entryCount, block.payload, layout)
    var rank: UInt32 = 0
    ranks = layout.words(of: payload).map { word in
      defer { rank &+= UInt32(word.nonzeroBitCount) }
      return rank
    }
  }

  /// A used slot whose id may be the one that is looked for.
  struct Candidate {
    var key: UInt32
    fileprivate var place: Int
  }

  /// Asks for what ``first(of:)`` will read.
  @inline(__always)
  func prefetch(_ hash: UInt64) {
    payload.withUnsafeBytes { bytes in
      let place = Int(truncatingIfNeeded: hash) & (layout.slotCount &- 1)
      let rank = rank(of: place, in: word(place &>> 6, bytes))
      Columns.prefetch(bytes.baseAddress! + (layout.tagOffset &+ rank &* 4))
      Columns.prefetch(bytes.baseAddress! + (layout.codeOffset &+ (rank &* layout.codeWidth) &>> 3))
    }
  }

  /// The first slot whose tag is that of `hash`, nil where there is none.
  @inline(__always)
  func first(of hash: UInt64) -> Candidate? { find(hash, from: Int(truncatingIfNeeded: hash)) }

  /// The next such slot.
  func next(of hash: UInt64, after candidate: Candidate) -> Candidate? { find(hash, from: candidate.place &+ 1) }

  @inline(__always)
  private func find(_ hash: UInt64, from start: Int) -> Candidate? {
    payload.withUnsafeBytes { bytes in
      var place = start & (layout.slotCount &- 1)
      // Ends: not all slots are in use.
      while true {
        let word = word(place &>> 6, bytes)
        if word &>> UInt64(place & 63) & 1 == 0 { return nil }
        let rank = rank(of: place, in: word)
        let tag = bytes.loadUnaligned(fromByteOffset: layout.tagOffset &+ rank &* 4, as: UInt32.self)
        if UInt64(UInt32(littleEndian: tag)) == hash &>> 32 {
          let code = code(at: rank, bytes)
          // Codes are one above their key; one that cannot be is nobody's.
          if code > 0, code <= count { return Candidate(key: UInt32(code - 1), place: place) }
        }
        place = (place &+ 1) & (layout.slotCount &- 1)
      }
    }
  }

  @inline(__always)
  private func word(_ index: Int, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: layout.wordOffset &+ index &* 8, as: UInt64.self))
  }

  @inline(__always)
  private func rank(of place: Int, in word: UInt64) -> Int {
    let before = word & ((1 &<< UInt64(place & 63)) &- 1)
    return Int(ranks[place &>> 6]) &+ before.nonzeroBitCount
  }

  /// Tags lie behind the codes, so that eight bytes can always be read.
  @inline(__always)
  private func code(at rank: Int, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let bit = rank &* layout.codeWidth
    let word = bytes.loadUnaligned(fromByteOffset: layout.codeOffset &+ bit &>> 3, as: UInt64.self)
    return UInt64(littleEndian: word) &>> UInt64(bit & 7) & ((1 &<< UInt64(layout.codeWidth)) &- 1)
  }
}
