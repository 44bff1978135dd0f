import Basics
import Foundation
import TestKit
import Testing

/// A browser without a script, at the reference login of a stage: curl, and a person who reads the pages.
final class WebVisitor {
    private let process: WorkerProcess
    private let base: String
    private let jar: String
    private(set) var page = ""
    private(set) var status = ""
    private(set) var address = ""

    static let password = "correct horse battery"

    /// Starts `login-page` with the users anna and berta.
    init(_ stage: Stage) async throws {
        let users = "\(stage.folder)/users"
        var lines = ""
        for name in ["anna", "berta"] {
            let run = try await Program.run(
                ["login-page", "--hash", name], stage.environment, input: Self.password + "\n")
            try #require(run.status == 0, "no hash: \(run.errors)")
            lines += run.output
        }
        try lines.write(toFile: users, atomically: true, encoding: .utf8)
        process = try WorkerProcess(
            ["login-page", "--set", "login_page.listen=127.0.0.1:0", "--set", "login_page.users=\(users)"],
            environment: stage.environment, log: "\(stage.folder)/login-page.log")
        try await process.waitUntilPrinted("ready http")
        base = String(process.printed.split(separator: " ")[1].prefix { !$0.isNewline }.dropLast())
        jar = "\(stage.folder)/cookies"
    }

    /// What it has logged.
    var log: String { process.output }

    func end() async -> Int32? {
        process.kill(SIGTERM)
        return await process.waitUntilEnd()
    }

    /// The end of the address.
    var path: String { String(address.dropFirst(base.count)) }

    /// Goes to a page, and on to where it leads.
    func get(_ path: String) async throws { try await curl(path, form: nil) }

    /// Sends the form that does this, with what is typed or pressed.
    func submit(_ act: String, _ typed: [String: String] = [:]) async throws {
        let form = between("action=\"\(act)\"", "</form>")
        let hidden = form.matches(of: /type="hidden" name="([a-z]+)" value="([^"]*)"/)
        let fields = Dictionary(uniqueKeysWithValues: hidden.map { (String($0.1), String($0.2)) })
        try await curl(act, form: fields.merging(typed) { $1 })
    }

    /// The same with the form of a page that was seen before.
    func resubmit(_ page: String, _ act: String, _ typed: [String: String]) async throws {
        self.page = page
        try await submit(act, typed)
    }

    func signIn(_ name: String = "anna") async throws {
        try? FileManager.default.removeItem(atPath: jar)
        try await get("/")
        try await submit("/sign-in", ["name": name, "password": Self.password])
    }

    func between(_ start: String, _ end: String) -> String {
        guard let first = page.range(of: start), let last = page[first.upperBound...].range(of: end) else { return "" }
        return String(page[first.upperBound..<last.lowerBound])
    }

    /// By its standard input: a code stands in no list of processes.
    private func curl(_ path: String, form: [String: String]?) async throws {
        var lines = [
            "url = \"\(base)\(path)\"", "silent", "location", "max-time = 120", "cookie = \"\(jar)\"",
            "cookie-jar = \"\(jar)\"", "header = \"Origin: \(base)\"",
            "write-out = \"\\n%{http_code} %{url_effective}\"",
        ]
        if let form {
            let body = form.sorted { $0.key < $1.key }.map { "\($0.key)=\(PercentEncoding.escape($0.value))" }
            lines.append("data = \"\(body.joined(separator: "&"))\"")
        }
        let output = try await Tool("curl", "--config", "-").run(Array(lines.joined(separator: "\n").utf8))
        let text = String(decoding: output, as: UTF8.self)
        let end = text.lastIndex(of: "\n") ?? text.startIndex
        page = String(text[..<end])
        let said = text[end...].dropFirst().split(separator: " ")
        status = said.first.map(String.init) ?? ""
        address = said.last.map(String.init) ?? ""
    }
}
