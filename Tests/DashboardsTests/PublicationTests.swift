import Dashboards
import Events
import Segments
import TestSupport
import Testing

@Suite("Publishing")
struct PublicationTests {
  @Test("Documents become visible together, with their compressed forms, and old releases go")
  func publishes() throws {
    let temporary = try TemporaryWorkspace()
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
      ).write(storeFolder: store)
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
}
