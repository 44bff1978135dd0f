import App
import ArgumentParser
import Foundation

extension TwilioCommand {
    struct Setup: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the Verify service that the site needs, or brings an existing one to it.",
            discussion: """
                Which one: that of --service, else the configured one, else the one called --name; if there is none, it is \
                made. Done again, nothing changes. Account SID and token or API key come from the configuration.

                Examples:
                  verify-courier twilio setup --name "Example Shop" --dry-run
                  verify-courier twilio setup --name "Example Shop"
                  verify-courier twilio setup --code-length 8
                """)

        @OptionGroup var common: CommonOptions

        @Option(help: "What texts and calls say; up to 30 letters, digits (at most 4), spaces, - and _.")
        var name: String?

        @Option(help: "The existing service to bring up to it, VA…")
        var service: String?

        @Option(help: "Digits of a code, 4 to 10; 6 for a new service.")
        var codeLength: Int?

        @Flag(inversion: .prefixedNo, help: "Look numbers up, which costs at each code; off for a new service.")
        var lookup: Bool?

        @Flag(inversion: .prefixedNo, help: "Send no texts to landlines; needs the lookup and brings it along.")
        var skipLandlines: Bool?

        @Flag(inversion: .prefixedNo, help: "Calls wait for a key before they read the code.")
        var keyPress = true

        @Flag(inversion: .prefixedNo, help: "Texts warn not to share the code.")
        var doNotShareWarning = true

        @Option(help: "What authenticator apps show; the name for a new service.")
        var totpIssuer: String?

        @Option(help: "Seconds of an authenticator's code, 20 to 60; 30 for a new service.")
        var totpTimeStep: Int?

        @Option(help: "Digits of an authenticator's code, 3 to 8; 6 for a new service.")
        var totpCodeLength: Int?

        @Option(help: "Steps each way that an authenticator's code counts, 0 to 2; 1 for a new service.")
        var totpSkew: Int?

        @Flag(help: "Only say what would change.")
        var dryRun = false

        @Flag(help: "One JSON object: action, service, account, changes, console.")
        var json = false

        private var wishes: TwilioWishes {
            var wishes = TwilioWishes()
            wishes.friendlyName = name
            wishes.codeLength = codeLength
            wishes.lookup = lookup
            wishes.skipLandlines = skipLandlines
            wishes.keyPress = keyPress
            wishes.doNotShareWarning = doNotShareWarning
            wishes.totpIssuer = totpIssuer
            wishes.totpTimeStep = totpTimeStep
            wishes.totpCodeLength = totpCodeLength
            wishes.totpSkew = totpSkew
            return wishes
        }

        func validate() throws {
            if let problem = wishes.problem { throw ValidationError(problem) }
        }

        func run() async throws {
            let app = try await common.app()
            let done = try await orExit {
                try await app.setUpTwilio(wishes, service: service, isDryRun: dryRun)
            }
            if json {
                try TwilioCommand.printJSON(done)
            } else {
                try Output.lines(Self.lines(done))
            }
        }

        /// What was done, what goes into the configuration, what is left for the Console.
        ///
        /// Never the token.
        private static func lines(_ done: TwilioSetup) -> [String] {
            var lines = ["service \(done.service ?? "(new)") \"\(done.name ?? "")\": \(deed(done))"]
            lines += done.changes.map { "  \($0.setting): \($0.from.map { "\($0) -> " } ?? "")\($0.to)" }
            lines += [
                "", "For the configuration:",
                "  site.2FA_VERIFY_SERVICESID: \(done.service ?? "(known once it is made)")",
                "  site.2FA_VERIFY_ACCOUNTSID: \(done.account)",
                "  site.2FA_VERIFY_AUTHTOKEN: not shown here; VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN_FILE names a file with it",
                "", "Only in Twilio's Console, see that",
            ]
            lines += done.console.map { "  - \($0)" }
            lines += ["", "Next: verify-courier twilio check"]
            return lines
        }

        private static func deed(_ done: TwilioSetup) -> String {
            switch done.action {
            case .unchanged: "as it should be, nothing to change"
            case .created: done.isDryRun ? "would be made" : "made"
            case .updated: done.isDryRun ? "would be changed" : "changed"
            }
        }
    }
}
