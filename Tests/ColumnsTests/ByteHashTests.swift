import Columns
import Testing

/// The goldens are on disk in every store: a change of one is a change of the format.
@Suite struct ByteHashTests {
  @Test(
    "The hash of some bytes never changes",
    arguments: [
      ("", 0, 0xC5E4_D520_1D79_C438), ("", 42, 0x9360_6A15_E98B_CDCC),
      ("a", 0, 0x92F8_BAB2_1150_5678), ("a", 42, 0xD5FE_2A7B_3867_5AD5),
      ("abc", 0, 0x5DEA_3AD3_D4C9_EB46), ("abc", 42, 0x7B50_2CEA_A900_5AAB),
      ("abcd", 0, 0xD5EE_48D5_C9D9_8761), ("abcd", 42, 0x8C49_6038_622A_3595),
      ("abcdefgh", 0, 0x3B18_7D9D_D1E2_3D4B), ("abcdefgh", 42, 0xDE94_64E8_B04C_0545),
      ("alice", 0, 0x8F31_483C_565C_490E), ("alice", 42, 0x131F_8CD7_7392_B238),
      ("0123456789abcdef", 0, 0x6072_FC62_D825_3786), ("0123456789abcdef", 42, 0x979B_15F0_63CF_7F2E),
      ("0123456789abcdefg", 0, 0xBC96_6E2D_1AA3_6BB4), ("0123456789abcdefg", 42, 0xE2F4_00FE_EBD0_E01B),
      (fox, 0, 0x4F08_897A_1022_26EF), (fox, 42, 0xB444_AB09_ACA6_E4D6),
    ] as [(String, UInt64, UInt64)])
  func goldens(text: String, seed: UInt64, expected: UInt64) {
    #expect(hash(text, seed: seed) == expected)
  }

  @Test("The empty buffer has one hash, with an address and without")
  func emptyBuffer() {
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    #expect(byteHash(none) == hash(""))
    #expect(ContentHash(of: none) == contentHash(""))
  }

  @Test("Every byte of every length matters", arguments: 1...70)
  func everyByte(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    var seen: Set<UInt64> = [bytes.withUnsafeBytes { byteHash($0) }]
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << UInt8(bit)
        let isNew = seen.insert(changed.withUnsafeBytes { byteHash($0) }).inserted
        #expect(isNew, "byte \(index), bit \(bit)")
      }
    }
  }

  @Test("Runs of zeros differ by their length")
  func zeros() {
    let hashes = (0...200).map { [UInt8](repeating: 0, count: $0).withUnsafeBytes { byteHash($0) } }
    #expect(Set(hashes).count == 201)
  }
}

@Suite struct ContentHashTests {
  @Test(
    "The name of a content never changes",
    arguments: [
      ("", "e2c512b559104dac8623bd76bb1ae179"), ("a", "8f1b83ac965540914d840e901dd506d5"),
      ("abc", "d47ba231cd60082640d0fb1568f0b87e"), ("alice", "76f10e581ff41b0c35a9c855f7cdea5d"),
      ("0123456789abcdefg", "72f78dd20c0b4e28237a93850d83cce3"), (fox, "a4154b32e98cea3f7068214d55de1b9e"),
    ])
  func goldens(text: String, expected: String) {
    #expect(contentHash(text).description == expected)
  }

  @Test("A chain of parts never changes its name, and depends on the split and the order")
  func chains() {
    func chain(_ parts: [String]) -> ContentHash {
      parts.dropFirst().reduce(contentHash(parts[0])) { hash, part in
        Array(part.utf8).withUnsafeBytes { hash.followed(by: $0) }
      }
    }
    #expect(chain(["al", "ice"]).description == "fa8bf5588484c4d445e0c4de1ec09bd8")
    #expect(chain(["al", "i", "ce"]).description == "143219722bb89fb866af1a19629e92c9")
    #expect(chain(["al", "ice"]) == chain(["al", "ice"]))
    let others = [["alice"], ["al", "ice"], ["ali", "ce"], ["ice", "al"], ["al", "ice", ""], ["", "al", "ice"]]
    #expect(Set(others.map(chain)).count == others.count)
  }

  @Test("The description is read back", arguments: [0, 1, 0xF, 1 << 60, .max, 0x0123_4567_89AB_CDEF] as [UInt64])
  func descriptions(word: UInt64) {
    for hash in [ContentHash(high: word, low: 0), ContentHash(high: 0, low: word), ContentHash(high: word, low: ~word)]
    {
      #expect(hash.description.utf8.count == 32)
      #expect(ContentHash(hash.description) == hash)
    }
  }

  @Test(
    "What no description says is not read",
    arguments: [
      "", "0", String(repeating: "0", count: 31), String(repeating: "0", count: 33), String(repeating: "g", count: 32),
      String(repeating: "F", count: 32), "+" + String(repeating: "0", count: 31),
      "-" + String(repeating: "0", count: 31),
      String(repeating: "0", count: 16) + "+" + String(repeating: "0", count: 15),
      " " + String(repeating: "0", count: 31),
      String(repeating: "é", count: 16), String(repeating: "٣", count: 16),
    ])
  func rejected(text: String) {
    #expect(ContentHash(text) == nil)
  }

  @Test(
    "Hashes are ordered as their descriptions",
    arguments: [(0, 0, 0, 1), (0, .max, 1, 0), (1, 2, 1, 3), (1 << 63, 0, .max, 0)]
      as [(UInt64, UInt64, UInt64, UInt64)])
  func order(high: UInt64, low: UInt64, otherHigh: UInt64, otherLow: UInt64) {
    let (a, b) = (ContentHash(high: high, low: low), ContentHash(high: otherHigh, low: otherLow))
    #expect(a < b)
    #expect(!(b < a))
    #expect(a.description < b.description)
  }
}

private let fox = "The quick brown fox jumps over the lazy dog"

private func hash(_ text: String, seed: UInt64 = 0) -> UInt64 {
  Array(text.utf8).withUnsafeBytes { byteHash($0, seed: seed) }
}

private func contentHash(_ text: String) -> ContentHash {
  Array(text.utf8).withUnsafeBytes { ContentHash(of: $0) }
}
