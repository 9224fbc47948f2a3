import Testing

import Ingest

@Suite struct RandomStreamTests {
  /// Source: the first outputs of SplitMix64 from state 1234567 (Vigna's `splitmix64.c`).
  @Test(arguments: [(1, 6_457_827_717_110_365_317), (2, 3_203_168_211_198_807_973), (3, 9_817_491_932_198_370_423)])
  func `scrambling is that of SplitMix64`(step: UInt64, expected: UInt64) {
    #expect(RandomStream.scrambled(1_234_567 &+ step &* 0x9E37_79B9_7F4A_7C15) == expected)
  }

  @Test func `draws have the moments they promise`() {
    var stream = RandomStream(seed: 1, .visit)
    let count = 200_000
    func mean(_ value: () -> Double) -> Double { (0..<count).reduce(0) { sum, _ in sum + value() } / Double(count) }
    #expect(abs(mean { Double(stream.waiting(mean: 10_000)) } - 10_000) < 100)
    #expect(abs(mean { Double(stream.bell(spread: 10_000)) }) < 100)
    let square = mean {
      let draw = Double(stream.bell(spread: 10_000))
      return draw * draw
    }
    #expect(abs(square.squareRoot() - 10_000) < 100)
    #expect(abs(mean { stream.unit() } - 0.5) < 0.005)
    #expect(abs(mean { Double(stream.below(7)) } - 3) < 0.03)
    #expect(abs(mean { stream.hits(Chance(0.25)) ? 1 : 0 } - 0.25) < 0.005)
  }

  @Test func `streams differ by seed, purpose, member and day`() {
    var streams = [
      RandomStream(seed: 1, .visit, 2, 3), RandomStream(seed: 2, .visit, 2, 3), RandomStream(seed: 1, .plan, 2, 3),
      RandomStream(seed: 1, .visit, 3, 3), RandomStream(seed: 1, .visit, 2, 4), RandomStream(seed: 1, .visit, 3, 2),
    ]
    let first = streams.indices.map { streams[$0].next() }
    #expect(Set(first).count == streams.count)
  }

  @Test func `chances multiply and join`() {
    #expect(Chance(0.5) * Chance(0.5) == Chance(0.25))
    #expect(Chance(0.5).or(Chance(0.5)) == Chance(0.75))
    #expect(Chance.always * Chance(0.3) == Chance(0.3))
    #expect(Chance(-1) == .never && Chance(2) == .always)
  }

  @Test func `a weighted choice keeps to its weights`() {
    let weights = [5.0, 0, 1, 3, 1]
    let choice = WeightedChoice(weights)
    var stream = RandomStream(seed: 1, .content)
    var counts = [0, 0, 0, 0, 0]
    for _ in 0..<100_000 { counts[choice.draw(&stream)] += 1 }
    for (count, weight) in zip(counts, weights) { #expect(abs(Double(count) - weight * 10_000) < 500) }
    #expect(counts[1] == 0)
  }
}
