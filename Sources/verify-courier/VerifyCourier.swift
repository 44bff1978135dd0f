import ArgumentParser

@main
struct VerifyCourier: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "verify-courier")
}
