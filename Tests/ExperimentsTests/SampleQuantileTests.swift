import Experiments
import Testing
import TestSupport

@Suite struct SampleQuantileTests {
  @Test func `samples add, whatever their order`() {
    let (a, b) = ([3.0, 1, 1, 7], [7.0, 2, 1])
    #expect(ValueCounts(a) + ValueCounts(b) == ValueCounts(b + a))
    #expect(ValueCounts(a + b).values == [1, 2, 3, 7] && ValueCounts(a + b).counts == [3, 1, 1, 2])
    #expect(ValueCounts.zero.quantile(0.5) == nil)
    #expect((0..<7).map { ValueCounts(a + b).ordered($0) } == (a + b).sorted())
  }

  @Test(arguments: [0.0, 0.1, 0.5, 0.77, 1.0])
  func `a quantile lies between its neighbours`(share: Double) {
    let sorted = [1.0, 2, 4, 8, 16]
    let place = share * 4
    let (below, above) = (sorted[Int(place)], sorted[min(4, Int(place) + 1)])
    let expected = below + (place - place.rounded(.down)) * (above - below)
    #expect(ValueCounts(sorted).quantile(share) == expected)
  }

  @Test func `the interval's ranks are the narrowest that keep their promise`() throws {
    for (n, share) in [(20, 0.5), (73, 0.3), (400, 0.9)] {
      let quantile = try SampleQuantile(ValueCounts((1...n).map { Double($0) }), share: share)
      let ranks = BinomialDistribution(trials: n, probability: share)
      let (low, high) = (Int(quantile.low), Int(quantile.high))
      #expect(ranks.lowerTail(low - 1) <= 0.025 && ranks.lowerTail(low) > 0.025)
      #expect(ranks.upperTail(high - 1) <= 0.025 && ranks.upperTail(high - 2) > 0.025)
    }
  }

  @Test func `too few units say how many there must be`() {
    let error = #expect(throws: InsufficientData.self) {
      try SampleQuantile(ValueCounts([1.0, 2, 3]), share: 0.9)
    }
    // 0.9³⁶ is the first power below 0.025.
    #expect(error?.description == "insufficient-data: 3 units, 36 needed")
    #expect(throws: Never.self) { try SampleQuantile(ValueCounts((1...36).map { Double($0) }), share: 0.9) }
  }

  @Test func `values that repeat within a unit widen the interval`() throws {
    var numbers = SeededNumbers(seed: 3)
    var values: [Double] = []
    var byUnit: [[Double]] = []
    for _ in 0..<200 {
      let level = Double.random(in: 0...10, using: &numbers)
      byUnit.append((0..<10).map { _ in level + Double.random(in: 0...1, using: &numbers) })
      values += byUnit[byUnit.count - 1]
    }
    let sample = ValueCounts(values)
    let median = try #require(sample.quantile(0.5))
    let below = byUnit.map { unit in
      RatioSums(numerator: Double(unit.count { $0 <= median }), denominator: Double(unit.count))
    }.reduce(.zero, +)
    let clustered = try SampleQuantile(sample, share: 0.5, clustered: below)
    let naive = try SampleQuantile(sample, share: 0.5)
    #expect(clustered.value == naive.value && clustered.units == 200)
    #expect(clustered.high - clustered.low > 2 * (naive.high - naive.low))
  }
}
