import ArgumentParser
@main struct Muster: ParsableCommand { func run() { print("x") } }
