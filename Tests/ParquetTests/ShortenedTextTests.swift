import Parquet
import Testing

private func text(_ character: String, _ count: Int) -> String { String(repeating: character, count: count) }

@Suite struct ShortenedTextTests {
  @Test("A text of 64 bytes is its own bound", arguments: ["", "a", String(repeating: "a", count: 64)])
  func short(text: String) {
    #expect(shortenedBelow(Array(text.utf8)) == nil)
    #expect(shortenedAbove(Array(text.utf8)) == nil)
  }

  @Test(
    "A longer text is cut between characters, and the upper bound goes one character up",
    arguments: [
      (text("a", 65), text("a", 64), text("a", 63) + "b"),
      ("x" + text("é", 40), "x" + text("é", 31), "x" + text("é", 30) + "ê"),
      (text("社", 30), text("社", 21), text("社", 20) + "\u{793F}"),
      // The next of U+D7FF is U+E000; of U+7F one of two bytes; U+10FFFF has none, so the one before goes up.
      (text("\u{D7FF}", 30), text("\u{D7FF}", 21), text("\u{D7FF}", 20) + "\u{E000}"),
      (text("\u{7F}", 65), text("\u{7F}", 64), text("\u{7F}", 63) + "\u{80}"),
      ("ab" + text("\u{10FFFF}", 20), "ab" + text("\u{10FFFF}", 15), "ac"),
    ])
  func long(text: String, below: String, above: String) {
    let bytes = Array(text.utf8)
    #expect(shortenedBelow(bytes) == Array(below.utf8))
    #expect(shortenedAbove(bytes) == Array(above.utf8))
    #expect(Array(below.utf8).lexicographicallyPrecedes(bytes))
    #expect(bytes.lexicographicallyPrecedes(Array(above.utf8)))
  }

  @Test("Where no text lies above, or the bytes are no text, there is no shorter bound")
  func none() {
    let highest = Array(text("\u{10FFFF}", 20).utf8)
    #expect(shortenedAbove(highest) == nil)
    #expect(shortenedBelow(highest) == Array(text("\u{10FFFF}", 16).utf8))
    let bytes = [UInt8](repeating: 0xFF, count: 100)
    #expect(shortenedBelow(bytes) == nil)
    #expect(shortenedAbove(bytes) == nil)
  }
}
