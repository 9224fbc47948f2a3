internal import Aggregation
internal import ArgumentParser
internal import DashboardServer
internal import Events
internal import Glibc
internal import Ingest
internal import Parquet
internal import Segments

/// The exit statuses of the command line.
enum ExitStatus: Int32 {
  case checkFailed = 1
  case usage = 64
  case badData = 65
  case noInput = 66
  case internalError = 70
  case cannotWrite = 73
  case tryAgain = 75
}

/// Says what went wrong and ends the process with the status that stands for it.
enum Failure {
  static func exit(with error: any Error) -> Never {
    guard let status = status(of: error) else { Muster.exit(withError: error) }
    Terminal.warn("muster: \(error)")
    Glibc.exit(status.rawValue)
  }

  /// Nil for what the argument parser raised itself: help, usage, an exit that a command asked for.
  static func status(of error: any Error) -> ExitStatus? {
    switch error {
    case let error as StoreError: status(of: error.code)
    case let error as IngestError:
      switch error.code {
      case .notFound, .cannotRead: .noInput
      case .header, .configuration, .tooManyRejected: .badData
      }
    case is AggregationError, is EventsError: .usage
    case is ParquetError: .badData
    case is ServerError: .cannotWrite
    case is ExitCode, is CleanExit, is ValidationError: nil
    default: Muster.exitCode(for: error) == .failure ? .internalError : nil
    }
  }

  private static func status(of code: StoreError.Code) -> ExitStatus {
    switch code {
    case .configuration, .corrupt, .gone: .badData
    case .refused: .checkFailed
    case .notFound, .cannotRead: .noInput
    case .cannotWrite: .cannotWrite
    case .locked: .tryAgain
    case .settingsChanged: .usage
    }
  }
}
