import ArgumentParser
import Foundation
import Wire

struct OptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "options", abstract: "Asks which options a person has.",
        discussion: "Example: verify-courier options --user anna")

    @OptionGroup var common: CommonOptions
    @OptionGroup var job: JobOptions

    func run() async throws { try await job.ask(.options, common) }
}

struct RegisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Registers a method of a person.",
        subcommands: [Phone.self, Authenticator.self])

    struct Phone: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends a code to a number; the first right code registers it.",
            discussion: """
                A number or ticket in the command shows in the list of processes; '-' reads it from standard input, the
                number before the ticket, each on a line of its own.

                Examples:
                  verify-courier register phone --user anna --phone +14155550142
                  echo +14155550142 | verify-courier register phone --user anna --phone -
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var job: JobOptions

        @Option(help: "The number, international with +, or national with --region; '-' is standard input.")
        var phone: String

        @Option(help: "Two letters: where a national number is dialled.")
        var region: String?

        @Option(help: "\(Channel.choices).", completion: Channel.completion)
        var channel = "sms"

        @Option(help: "The administrator's one-time ticket, where the site asks for one; '-' is standard input.")
        var ticket: String?

        func run() async throws {
            let phone = try StandardInput.value(phone, "number")
            let ticket = try StandardInput.value(ticket, "ticket")
            try await job.ask(
                .registerPhone, common,
                ["phone": phone, "region": region, "channel": channel, "ticket": ticket])
        }
    }
}

extension RegisterCommand {
    struct Authenticator: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the secret for an authenticator app; the first right code of the app registers it.",
            discussion: """
                The secret is printed once and is nowhere else: whoever reads it makes this person's codes.

                Examples:
                  verify-courier register authenticator --user anna --label anna@example.com
                  verify-courier register authenticator --user anna --picture anna.png --qr png
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var job: JobOptions

        @Option(help: "What the app shows beside the code; the user by default.")
        var label: String?

        @Option(help: "\(Picture.choices).", completion: Picture.completion)
        var qr = "svg"

        @Option(help: "Writes the picture to this file, readable by you alone.", completion: .file())
        var picture: String?

        @Option(help: "The administrator's one-time ticket, where the site asks for one; '-' is standard input.")
        var ticket: String?

        func validate() throws {
            if picture != nil, qr == "none" { throw ValidationError("--picture needs --qr svg or --qr png") }
        }

        func run() async throws {
            let body = job.body(["label": label, "qr": qr, "ticket": try StandardInput.value(ticket, "ticket")])
            let reply = try await job.options.reply(.registerAuthenticator, body, common)
            if let picture, let drawing = reply.qr { try write(drawing, to: picture) }
            try ReplyOptions.judge(reply)
        }

        /// Whoever reads the picture makes the person's codes: it is nobody else's to read, and overwrites nothing.
        private func write(_ drawing: Reply.Drawing, to path: String) throws {
            let bytes = drawing.type == "image/png" ? Data(base64Encoded: drawing.data) : Data(drawing.data.utf8)
            let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard let bytes, file >= 0 else {
                throw ValidationError("\(path) cannot be written: \(String(cString: strerror(errno)))")
            }
            try FileHandle(fileDescriptor: file, closeOnDealloc: true).write(contentsOf: bytes)
        }
    }
}

struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Sends a code to a person's registered phone.",
        discussion: "Example: verify-courier send --user anna --channel call")

    @OptionGroup var common: CommonOptions
    @OptionGroup var job: JobOptions

    @Option(help: "\(Channel.choices).", completion: Channel.completion)
    var channel = "sms"

    func run() async throws { try await job.ask(.send, common, ["channel": channel]) }
}

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Checks the code that a person typed; it is read from standard input.",
        discussion: "Example: echo 123456 | verify-courier check --user anna")

    @OptionGroup var common: CommonOptions
    @OptionGroup var job: JobOptions

    @Option(help: "\(Factor.choices), where it is not clear.", completion: Factor.completion)
    var method: String?

    func run() async throws {
        // Never an argument: those show in the list of processes.
        let code = try StandardInput.line("code")
        try await job.ask(.check, common, ["code": code, "method": method])
    }
}

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Ends the code of a sign-in.",
        discussion: "Example: verify-courier cancel --user anna --login first-sign-in")

    @OptionGroup var common: CommonOptions
    @OptionGroup var job: JobOptions

    @Option(
        name: .customLong("job-id"),
        help: "Message id of a send of this sign-in that may still wait; it will not be sent.")
    var jobID: String?

    func run() async throws { try await job.ask(.cancel, common, ["job": jobID]) }
}

struct OutcomeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outcome", abstract: "Asks again for the recorded reply of a job.",
        discussion: "Example: verify-courier outcome --user anna --job-id 8c1f0d6e-7a55-4c8e-9d3c-0b7c6f1a2e34")

    @OptionGroup var common: CommonOptions
    @OptionGroup var job: JobOptions

    @Option(name: .customLong("job-id"), help: "Message id of the job that is asked about.")
    var jobID: String

    func run() async throws { try await job.ask(.outcome, common, ["job": jobID]) }
}
