import Aggregation
import Testing

@Suite("Concentration of contributions")
struct ConcentrationTests {
  @Test("The contributor absence factor of the published example is 2")
  func absenceFactor() {
    #expect(Concentration([33, 1000, 42, 202, 433, 90, 343, 332]).absenceFactor == 2)
    #expect(Concentration([1, 1]).absenceFactor == 2)
    #expect(Concentration([5]).absenceFactor == 1)
    #expect(Concentration([]).absenceFactor == nil)
    #expect(Concentration([0, 0]).absenceFactor == nil)
  }

  @Test("One giant is core, and layers begin where 80 and 95 % are reached before")
  func onion() {
    let giant = Concentration([96, 1, 1, 1, 1]).onion
    #expect(giant[.core]?.members == 1 && giant[.regular] == nil && giant[.casual]?.members == 4)
    // Before each: 0, 80, 90, 95, 99.
    let layers = Concentration([80, 10, 5, 4, 1]).onion
    #expect(layers[.core]?.contributions == 80)
    #expect(layers[.regular]?.members == 2 && layers[.regular]?.contributions == 15)
    #expect(layers[.casual]?.members == 2)
  }

  @Test(
    "Gini's coefficient, worked by hand",
    arguments: [([1, 1, 1, 1], 0.0), ([1, 3], 0.25), ([7], 0.0), ([1, 2, 3, 4], 0.25), ([0, 1, 3, 0], 0.25)])
  func gini(counts: [Int], wanted: Double) {
    #expect(Concentration(counts).gini == wanted)
  }
}
