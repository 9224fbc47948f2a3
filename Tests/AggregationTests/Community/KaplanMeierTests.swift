import Aggregation
import Testing

@Suite("Kaplan–Meier")
struct KaplanMeierTests {
  private static func cases(_ ended: [Int64], _ open: [Int64]) -> [KaplanMeier.Case] {
    ended.map { .init(duration: $0, isEnded: true) } + open.map { .init(duration: $0, isEnded: false) }
  }

  /// From SciPy 1.17: `ecdf(CensoredData(ended, right=open)).sf`, `confidence_interval(method="log-log")`.
  @Test("A curve with ties and censoring agrees with SciPy")
  func scipy() throws {
    let curve = KaplanMeier(
      Self.cases([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]))
    #expect(curve.median == 23)
    for (time, share, low, high) in [
      (Int64(6), 0.1428571428571429, 0.048448252353002985, 0.38028204473401617),
      (10, 0.2470588235294119, 0.11063816483073452, 0.4968004892000436),
      (23, 0.5518207282913166, 0.31985737150475857, 0.8119479940407677),
    ] {
      let found = try #require(curve.ended(within: time))
      let interval = try #require(found.interval)
      #expect(abs(found.share - share) < 1e-12)
      #expect(abs(interval.low - low) < 1e-12 && abs(interval.high - high) < 1e-12, "\(interval) at \(time)")
    }
  }

  @Test(
    "The median is the first time at which half have ended, exactly, and none where that is not reached",
    arguments: [
      ([1, 2, 3, 4], [], 2), ([1, 1, 1, 2, 2, 2], [], 1), ([5], [], 5), ([], [3], nil), ([], [], nil),
      ([1], [2, 2], nil),
      ([1, 2], [1], 2), ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [], 5),
    ] as [([Int64], [Int64], Int64?)])
  func medians(ended: [Int64], open: [Int64], median: Int64?) {
    #expect(KaplanMeier(Self.cases(ended, open)).median == median)
  }

  @Test("A share has no answer past the longest watch, and no interval where none or all have ended")
  func edges() {
    let curve = KaplanMeier(Self.cases([2], [5]))
    #expect(curve.ended(within: 1)?.share == 0)
    #expect(curve.ended(within: 1)?.interval == nil)
    #expect(curve.ended(within: 5)?.share == 0.5)
    #expect(curve.ended(within: 6) == nil)
    #expect(KaplanMeier(Self.cases([2, 4], [])).ended(within: 9)?.share == 1)
    #expect(KaplanMeier([]).ended(within: 1) == nil)
  }

  @Test("At equal times cases end before others are censored")
  func ties() {
    #expect(KaplanMeier(Self.cases([3], [3])).ended(within: 3)?.share == 0.5)
  }
}
