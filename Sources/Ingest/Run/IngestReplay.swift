internal import Events
internal import Segments

extension IngestRun {
  /// Reads rejected records again through the datasets as they are now; commits what changes as one batch.
  ///
  /// What is stored, or known already, leaves the quarantine; what is still rejected stays with its reason of now, and
  /// counts against no limit. Records past the duplicate window are read where the run reopens closed days.
  /// - Parameter dataset: nil for all.
  package func replayQuarantine(dataset: String?) async throws -> IngestReport {
    let zone = try TimeZoneRules(named: workspace.settings.timeZone)
    var consumer = try consumer(zone)
    var replay = QuarantineReplay(
      workspace: workspace, zone: zone, arrival: arrival, reopens: reopensClosedDays
    ) { dataset == nil || $0.dataset == dataset }
    guard try await replay.run(into: &consumer) else { return replay.unchanged }
    return try await consumer.commit()
  }

  /// Takes back what was rejected past the window of `sources`, which are known and would not be read again.
  func replay(_ sources: [LogSource], zone: TimeZoneRules, into consumer: inout BatchConsumer) async throws {
    var replay = QuarantineReplay(workspace: workspace, zone: zone, arrival: arrival, reopens: true) { record in
      record.reason == .pastWindow
        && sources.contains { $0.path == record.source && $0.description.name == record.dataset }
    }
    _ = try await replay.run(into: &consumer)
  }

  /// A consumer that writes the next batch.
  func consumer(_ zone: TimeZoneRules) throws -> BatchConsumer {
    BatchConsumer(
      try BatchWriter(workspace, arrival: arrival, reopensClosedDays: reopensClosedDays), settings: workspace.settings,
      zone: zone)
  }
}
