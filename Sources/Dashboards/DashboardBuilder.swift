package import Aggregation
package import Events
internal import Segments

/// Turns descriptions into documents: asks each tile's question as of one instant and withholds small cells.
package struct DashboardBuilder: Sendable {
  private let engine: Engine
  private let asOf: Timestamp

  package init(engine: Engine, asOf: Timestamp) {
    self.engine = engine
    self.asOf = asOf
  }

  /// The document of a dashboard; costs its questions.
  package func document(_ dashboard: DashboardDescription, progress: (String) -> Void = { _ in }) throws
    -> DashboardDocument
  {
    let minimum = engine.store.settings.publishedCellMinimum
    let tiles = try dashboard.tiles.map { tile in
      progress("\(dashboard.name): \(tile.title)")
      var tile = tile
      tile.tileQuestion = dated(tile)
      let (answer, suppressed) = Suppression(minimum: minimum, rule: tile.tileQuestion.suppression)
        .apply(to: try answer(tile, of: dashboard))
      return DashboardDocument.Tile(description: tile, answer: answer, suppressed: suppressed)
    }
    var document = DashboardDocument(
      name: dashboard.name, title: dashboard.title, asOf: asOf, timeZone: engine.store.zone.name,
      publishedCellMinimum: minimum, tiles: tiles)
    document.batch = engine.snapshot.batch
    document.firstDay = tiles.compactMap { engine.firstDay(neededBy: $0.description.question) }.min()
    return document
  }

  /// Names the tile where its question cannot be answered.
  private func answer(_ tile: TileDescription, of dashboard: DashboardDescription) throws -> Answer {
    do { return try tile.tileQuestion.answer(engine, asOf: asOf) } catch var error as AggregationError {
      error.message = "the tile '\(tile.id)' of '\(dashboard.name)': \(error.message)"
      throw error
    }
  }

  /// The tile's question with its first day settled: the last so many intervals up to as-of.
  private func dated(_ tile: TileDescription) -> any TileQuestion {
    var question = tile.tileQuestion
    guard let last = tile.last, let end = engine.snapshot.days.last(where: { engine.store.zone.start(of: $0) < asOf })
    else { return question }
    let calendar = engine.store.calendar
    let newest = calendar.start(of: question.interval, holding: end)
    let first = calendar.start(newest, advancedBy: 1 - last, question.interval)
    question.days.from = max(first, engine.snapshot.firstDay ?? first)
    return question
  }
}
