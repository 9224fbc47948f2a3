import Events
import Ingest
import Testing

@Suite("The datasets of the repository")
struct SampleDatasetTests {
  static let samples: [(String, String, Int, Int, String)] = [
    ("collegemsg", "sample.txt", 49, 0, #"2004-04-15T14:56:18Z 9006 message [-,-,-,-,-] {"to":9002} id -"#),
    (
      "zulip-lean", "sample.csv", 44, 44,
      #"2024-06-29T11:36:27Z v00006 message [50-general,-,7001,-,-] {"n_chars":41} id 880000000"#
    ),
    (
      "gharchive", "sample.jsonl", 40, 40,
      #"""
      2015-01-02T09:01:20Z 77000001 PullRequestEvent [66000003,-,-,-,-] \#
      {"action":"opened","number":6,"repo":"quiet-clock"} id 9900000000
      """#
    ),
  ]

  @Test("All records of a sample are stored", arguments: samples)
  func sample(name: String, file: String, count: Int, idCount: Int, first: String) throws {
    let folder = "\(repositoryFolder)/datasets/\(name)"
    let description = try DatasetDescription(contentsOf: "\(folder)/dataset.yaml", name: name, schema: testSchema)
    let log = try parseFile("\(folder)/\(file)", description)
    #expect(log.rejected == [])
    #expect(log.rows.count == count)
    #expect(Set(log.rows.compactMap(\.eventID)).count == idCount)
    #expect(log.rows.first?.description == first)
  }
}
