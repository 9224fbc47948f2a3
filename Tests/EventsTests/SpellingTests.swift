import Events
import Testing

@Suite struct SpellingTests {
  @Test(
    "The nearest known word is meant",
    arguments: [
      ("platfrom", "platform"), ("platform", "platform"), ("Platform", "platform"), ("platfor", "platform"),
      ("platforms", "platform"), ("comunity", "community"), ("week-strat", "week-start"), ("weekstart", "week-start"),
      ("ram", "arm"), ("ar", "arm"), ("time_zone", "time-zone"), ("TIMEZONE", "time-zone"),
    ])
  func near(word: String, expected: String) {
    #expect(nearestWord(to: word, among: known) == expected)
  }

  @Test("A word that is far from all is none of them", arguments: ["", "x", "colour", "plat", "mra", "weekly", "zone"])
  func far(word: String) {
    #expect(nearestWord(to: word, among: known) == nil)
  }

  @Test(
    "One change is near, and one more for every four letters, three at most",
    arguments: [
      ("abc", "abX", true), ("abc", "aXX", false), ("abcd", "abXX", true), ("abcd", "aXXX", false),
      ("abcdefgh", "abcdeXXX", true), ("abcdefgh", "abcdXXXX", false), ("abcdefghijklmnop", "abcdefghijklXXXX", false),
    ])
  func limits(word: String, candidate: String, isNear: Bool) {
    #expect((nearestWord(to: word, among: [candidate]) != nil) == isNear)
  }

  @Test("Of words equally near it is the first in the alphabet, in whatever order they stand")
  func ties() {
    #expect(nearestWord(to: "cat", among: ["hat", "bat", "rat"]) == "bat")
    #expect(nearestWord(to: "cat", among: ["rat", "hat", "bat"]) == "bat")
    #expect(nearestWord(to: "cat", among: ["bat", "cut", "cat"]) == "cat")
  }

  @Test("Among no words there is no nearest")
  func nothingKnown() {
    #expect(nearestWord(to: "arm", among: []) == nil)
  }
}

private let known = ["platform", "community", "arm", "time-zone", "week-start"]
