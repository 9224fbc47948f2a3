/// Means by cell, such as hour × segment, that leave out the fold of the member they are used for: a simple model whose
/// errors do not know the outcomes they are held against (cross-fitting). Sums of disjoint units add.
///
/// Source: Chernozhukov et al., *Econometrics Journal* 21 (2018).
package struct FoldedCells: Sendable, Equatable {
  /// The product's number of folds.
  package static let standardFolds = 5

  private let sums: [[MeanSums]]

  /// Without outcomes.
  package init(folds: Int = Self.standardFolds, cells: Int) {
    precondition(folds >= 2 && cells >= 1, "cross-fitting needs two folds and a cell")
    self.init(sums: Array(repeating: Array(repeating: .zero, count: cells), count: folds))
  }

  /// By fold, then by cell; each fold has every cell.
  package init(sums: [[MeanSums]]) {
    precondition(sums.count >= 2 && Set(sums.map(\.count)).count == 1, "each fold has every cell")
    self.sums = sums
  }

  /// The outcomes of both.
  package static func + (a: FoldedCells, b: FoldedCells) -> FoldedCells {
    FoldedCells(sums: zip(a.sums, b.sums).map { zip($0, $1).map { $0 + $1 } })
  }

  /// For members of each fold, by cell: the mean over the other folds; of a cell that they lack, their overall mean; 0
  /// where they have nothing.
  package func predictions() -> [[Double]] {
    sums.indices.map { fold in
      let others = sums.indices.filter { $0 != fold }
      let cells = sums[fold].indices.map { cell in others.reduce(.zero) { $0 + sums[$1][cell] } }
      let overall = cells.reduce(.zero, +).mean ?? 0
      return cells.map { $0.mean ?? overall }
    }
  }
}
