import Dashboards
import Events
import Segments
import TestSupport
import Testing

@Suite("Publishing")
struct PublicationTests {
  @Test("Documents become visible together, with their compressed forms, and old releases go")
  func publishes() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest(["{\"ts\":\"2026-03-01T10:00:00Z\",\"user_id\":\"ann\",\"event\":\"view\"}"])
    let store = temporary.workspace.storeFolder
    let folder = PublishedFolder(storeFolder: store)
    #expect(folder.currentName() == nil)
    #expect(try folder.load() == nil)
    for round in 1...4 {
      let document = DashboardDocument(
        name: "overview", title: "Round \(round)", asOf: .testArrival, timeZone: "UTC", publishedCellMinimum: 5,
        tiles: [])
      try Publication(
        documents: [document], asOf: .testArrival, publishedAt: .testArrival,
        freshUntil: Timestamp.testArrival.adding(seconds: 60)
      ).write(to: Store(reading: temporary.workspace))
      let release = try #require(try folder.load())
      #expect(release.name == "00000\(round)")
      #expect(
        release.files.keys.sorted() == [
          "/api/v1/dashboards", "/api/v1/dashboards/overview.json", "/api/v1/manifest.json",
        ])
      let list = String(decoding: release.files["/api/v1/dashboards"]?.identity ?? [], as: UTF8.self)
      #expect(
        list
          == "{\"dashboards\":[{\"name\":\"overview\",\"title\":\"Round \(round)\",\"as_of\":\"2027-01-01T00:00:00Z\"}]}"
      )
      #expect(release.freshUntilSeconds == release.publishedAtSeconds + 60)
    }
    #expect(listFolder("\(store)/published/releases") == ["000003", "000004"])
  }

  @Test("A document of an older snapshot that comes later does not replace a newer one; the others change")
  func newerStays() async throws {
    let temporary = try TemporaryWorkspace()
    for hour in 10...12 {
      try await temporary.ingest(["{\"ts\":\"2026-03-01T\(hour):00:00Z\",\"user_id\":\"ann\",\"event\":\"view\"}"])
    }
    let store = try Store(reading: temporary.workspace)
    func publish(_ documents: [(name: String, batch: Int)]) throws -> [String] {
      let made = documents.map { name, batch in
        var document = DashboardDocument(
          name: name, title: "\(name) \(batch)", asOf: .testArrival, timeZone: "UTC", publishedCellMinimum: 5, tiles: []
        )
        document.batch = batch
        return document
      }
      return try Publication(documents: made, asOf: .testArrival, publishedAt: .testArrival, freshUntil: nil)
        .write(to: store, keeping: ["a", "b"]).newer
    }
    func titles() throws -> [String] {
      let release = try #require(try PublishedFolder(storeFolder: store.folder).load())
      return try ["a", "b"].map { name in
        let file = try #require(release.files["/api/v1/dashboards/\(name).json"])
        let text = String(decoding: file.identity, as: UTF8.self)
        return String(text.split(separator: "\"title\":\"")[1].prefix { $0 != "\"" })
      }
    }
    #expect(try publish([("a", 2), ("b", 2)]) == [])
    #expect(try publish([("a", 1), ("b", 3)]) == ["a"])
    #expect(try titles() == ["a 2", "b 3"])
    // No snapshot of this store is as new: what was published came from another one.
    #expect(try publish([("a", 9)]) == [])
    #expect(try publish([("a", 3), ("b", 2)]) == ["b"])
    #expect(try titles() == ["a 3", "b 3"])
  }
}
