internal import ArgumentParser
internal import Segments

/// Writes man pages from the help texts; `make install` calls it.
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Write the man pages into a folder.")

  @Argument(help: ArgumentHelp("The folder, such as PREFIX/share/man/man1.", valueName: "dir"))
  var folder: String

  func run() throws {
    let folder = absolutePath(folder, from: currentFolder)
    try makeFolder(folder)
    for page in Self.pages(Muster.self, name: "muster") {
      let help = Muster.helpMessage(for: page.command, columns: 78)
      let text = Self.page(page.name, help, page.command.configuration.abstract)
      try Array(text.utf8).withUnsafeBytes {
        try writeFileDurably($0, to: "\(folder)/\(page.name.replacing(" ", with: "-")).1")
      }
    }
  }

  /// The command and all below it, each with the words that call it.
  static func pages(_ command: any ParsableCommand.Type, name: String) -> [Page] {
    var pages = [Page(name: name, command: command)]
    for child in command.configuration.subcommands {
      if !child.configuration.shouldDisplay { continue }
      pages += Self.pages(child, name: "\(name) \(child._commandName)")
    }
    return pages
  }

  struct Page {
    var name: String
    var command: any ParsableCommand.Type
  }

  private static func page(_ name: String, _ help: String, _ abstract: String) -> String {
    let dashed = name.replacing(" ", with: "-")
    let body = help.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let escaped = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
    return """
      .TH \(dashed.uppercased()) 1
      .SH NAME
      \(dashed) \\- \(abstract)
      .SH DESCRIPTION
      .nf
      \(body.joined(separator: "\n"))
      .fi

      """
  }
}
