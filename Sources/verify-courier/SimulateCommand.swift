import App
import ArgumentParser
import Foundation

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

    private var place: (host: String, port: Int)? {
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        let host = String(listen[..<colon])
        return host.hasPrefix("127.") || host == "localhost" ? (host, port) : nil
    }

    func run() async throws {
        guard let place else { return }
        let app = try await common.app()
        try await orExit {
            try await app.simulate(host: place.host, port: place.port) { port in
                let url = "http://\(place.host):\(port)/"
                let ready = json ? "{\"ready\":\"\(url)\"}\n" : "ready \(url)\n"
                FileHandle.standardOutput.write(Data(ready.utf8))
            }
        }
    }
}
