import Basics
import Foundation
import Testing

@testable import App

@Suite("The passwords file") final class FrontEndRightsPasswordTests {
    private let folder = NSTemporaryDirectory() + "verify-courier-passwords-" + RandomID.hex(bytes: 6)

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func file(_ text: String, name: String = "passwords", mode: Int = 0o600) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/\(name)"
        _ = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        return path
    }

    @Test("lines are taken as they are behind the first =")
    func lines() throws {
        let text = "# ours\n\nweb=p=a #ss \nweb-listen= x\r\nworker='quoted'\n"
        let passwords = try TopologyDefinitions.lines(text, "file")
        #expect(passwords.mapValues(\.revealed) == ["web": "p=a #ss ", "web-listen": " x", "worker": "'quoted'"])
    }

    @Test(
        "lines that are none are refused by their number, without their text",
        arguments: ["secret", "=secret", "web=", "web=secret\nweb=secret"])
    func wrongLines(text: String) {
        let error = #expect(throws: ConfigProblem.self) { try TopologyDefinitions.lines(text, "file") }
        #expect(error?.description.contains("line \(text.contains("\n") ? 2 : 1)") == true)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("YAML gives texts, never numbers or words of its own")
    func yaml() throws {
        let passwords = try TopologyDefinitions.yaml("web: 0123\nwindows: \"p: #1\"\ndesk: 'null'\n", "file")
        #expect(passwords.mapValues(\.revealed) == ["web": "0123", "windows": "p: #1", "desk": "null"])
    }

    @Test(
        "YAML that is something else is refused, without its text",
        arguments: [
            "- secret", "web:", "web: ~", "web: null", "web: [secret]", "web: {a: secret}", "web: \"secret", "",
        ])
    func wrongYAML(text: String) {
        let error = #expect(throws: ConfigProblem.self) { try TopologyDefinitions.yaml(text, "file") }
        #expect(error?.description.contains("secret") == false)
    }

    @Test("both forms are read by the file's name, and every user gets a hash with a salt of its own")
    func forms() throws {
        let users = ["web", "windows"]
        let lines = try TopologyDefinitions.hashes(fromFile: file("web=x\nwindows=x\n"), for: users)
        #expect(lines.keys.sorted() == users)
        #expect(lines["web"] != lines["windows"])
        let yaml = try TopologyDefinitions.hashes(fromFile: file("web: x\n", name: "p.yaml"), for: users)
        #expect(yaml.keys.sorted() == ["web"])
    }

    @Test("a file that others can read, a folder, one that is missing and an unknown user are refused")
    func refused() throws {
        for (path, word) in [
            (try file("web=x", mode: 0o640), "chmod 600"), (NSTemporaryDirectory(), "regular file"),
            ("/nonexistent/passwords", "cannot read"), (try file("other=x", name: "others"), "'other'"),
        ] {
            let error = #expect(throws: ConfigProblem.self) {
                try TopologyDefinitions.hashes(fromFile: path, for: ["web"])
            }
            #expect(error?.description.contains(word) == true, "\(word)")
        }
    }
}
