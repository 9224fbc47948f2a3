import Events
import Ingest
import Segments

extension Probe {
  /// `muster.yaml`.
  static let settings = Probe(name: "settings") { bytes in
    expectStoreErrors { _ = try WorkspaceSettings(contentsOf: ScratchFile.holding(bytes)) }
  }

  /// `dataset.yaml`.
  static let dataset = Probe(name: "dataset") { bytes in
    let schema = EventSchema(dimensions: WorkspaceSettings.defaultDimensions, passiveEvents: [])
    expectStoreErrors {
      _ = try DatasetDescription(contentsOf: ScratchFile.holding(bytes), name: "probe", schema: schema)
    }
  }
}

/// What cannot be meant is a `StoreError` that says so in few words.
func expectStoreErrors(_ body: () throws -> Void) {
  do {
    try body()
  } catch let error as StoreError {
    precondition(error.description.utf8.count < 1 << 16, "an error is read by people")
  } catch {
    preconditionFailure("not a StoreError: \(error)")
  }
}
