import Foundation

/// Whether `value` differs from `expected` by at most `relative` of it.
func isClose(_ value: Double, _ expected: Double, within relative: Double) -> Bool {
  abs(value - expected) <= relative * abs(expected)
}

/// ln x.
func logarithm(_ x: Double) -> Double { Foundation.log(x) }
