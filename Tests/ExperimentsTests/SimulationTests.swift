import Simulations
import Testing

/// The short form of `make simulate-experiments`: fewer runs, and bounds that they can keep.
@Suite struct SimulationTests {
  @Test(arguments: allScenes.map(\.name))
  func `what is promised of many runs holds`(name: String) throws {
    let scene = try #require(allScenes.first { $0.name == name })
    let findings = scene.run(.short, 7)
    #expect(!findings.isEmpty)
    for finding in findings { #expect(finding.holds, "\(finding.row)") }
  }
}
