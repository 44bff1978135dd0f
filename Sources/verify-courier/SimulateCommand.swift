import App
import ArgumentParser
import Basics

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Runs a simulator of Twilio Verify; its first page shows phones and an authenticator app.",
        discussion: """
            Point the worker at it: VERIFY_COURIER_TWILIO_BASE_URL=http://127.0.0.1:8089
            Example: verify-courier simulate --listen 127.0.0.1:8089
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "Loopback address and port.")
    var listen = "127.0.0.1:8089"

    @Flag(help: "Say 'ready' as a JSON object with the URL.")
    var json = false

    func validate() throws {
        guard place != nil else { throw ValidationError("--listen wants ADDRESS:PORT on a loopback address") }
    }

    private var place: ListenAddress? {
        ListenAddress(listen).flatMap { Loopback.contains($0.host) ? $0 : nil }
    }

    func run() async throws {
        guard let place else { return }
        let app = try await common.app()
        try await orExit {
            try await app.simulate(host: place.host, port: place.port) { port in
                let url = "http://\(place.at(port))/"
                app.announce(json ? "{\"ready\":\"\(url)\"}" : "ready \(url)")
            }
        }
    }
}
