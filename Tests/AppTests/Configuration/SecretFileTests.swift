import Foundation
import Testing

@testable import App

@Suite("Secret files")
struct SecretFileTests {
    @Test(
        "hold a value, with or without a line break at its end or a byte order mark before it",
        arguments: ["abc", "abc\n", "abc\r\n", "\u{FEFF}abc\n"])
    func value(content: String) throws {
        let folder = try Folder()
        let file = try SecretFile.read(try folder.write("s", content))
        #expect(file.text == "abc")
        #expect(file.warnings.isEmpty)
    }

    @Test("lose other white space around the value, with a warning", arguments: [" abc", "abc\n\n", "abc \n", "\tabc"])
    func whiteSpace(content: String) throws {
        let folder = try Folder()
        let file = try SecretFile.read(try folder.write("s", content))
        #expect(file.text == "abc")
        #expect(file.warnings == ["has white space around its value, which is cut off"])
    }

    @Test(
        "are refused when they hold anything else",
        arguments: [
            ("", "is empty"), (" \n", "is empty"),
            ("a\nb", "holds more than one line, or control characters: it must hold the value alone"),
            ("a\u{0}b", "holds more than one line, or control characters: it must hold the value alone"),
        ])
    func refused(content: String, says: String) throws {
        let folder = try Folder()
        let path = try folder.write("s", content)
        #expect(throws: ConfigFault(message: says)) { try SecretFile.read(path) }
    }

    @Test("are refused when they are not text, no regular file or too large")
    func noFile() throws {
        let folder = try Folder()
        let path = "\(folder.path)/bytes"
        try Data([0xFF, 0xFE]).write(to: URL(filePath: path))
        #expect(throws: ConfigFault(message: "is UTF-16: save it as UTF-8")) { try SecretFile.read(path) }
        try Data([0x61, 0xFF]).write(to: URL(filePath: path))
        #expect(throws: ConfigFault(message: "is not text in UTF-8")) { try SecretFile.read(path) }
        #expect(throws: ConfigFault(message: "is not a regular file")) { try SecretFile.read(folder.path) }
        #expect(mkfifo("\(folder.path)/pipe", 0o600) == 0)
        #expect(throws: ConfigFault(message: "is not a regular file")) { try SecretFile.read("\(folder.path)/pipe") }
        let large = try folder.write("large", String(repeating: "x", count: 70_000))
        #expect(throws: ConfigFault.self) { try SecretFile.read(large) }
    }

    @Test(
        "that others may read are warned of",
        arguments: [(0o600, nil), (0o640, nil), (0o400, nil), (0o644, "0644"), (0o660, "0660"), (0o444, "0444")]
            as [(Int, String?)])
    func mode(mode: Int, shown: String?) throws {
        let folder = try Folder()
        let file = try SecretFile.read(try folder.write("s", "abc", mode: mode))
        #expect(
            file.warnings
                == (shown.map { ["may be read by more than its owner and group (mode \($0)): chmod 640 or less"] } ?? [])
        )
    }

    @Test("bear another stamp when they are written or replaced")
    func stamps() throws {
        let folder = try Folder()
        let path = try folder.write("s", "abc")
        let first = try SecretFile.read(path).origin.stamp
        #expect(FileStamp(path: path) == first)
        try Data("abcd".utf8).write(to: URL(filePath: path))
        #expect(FileStamp(path: path) != first)
        try folder.write("other", "abc")
        #expect(rename("\(folder.path)/other", path) == 0)
        #expect(FileStamp(path: path) != first)
        #expect(FileStamp(path: path + "x") == nil)
    }

    @Test("are reported with the file, whether a variable names it or it lies in a folder of secrets")
    func reported() throws {
        let folder = try Folder()
        let path = try folder.write("site-2FA_VERIFY_AUTHTOKEN", "hidden\nhidden", mode: 0o644)
        for settings in [
            Settings(unchecked: try Configured.loader(secrets: folder.path)),
            Settings(unchecked: try Configured.loader(["VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN_FILE": path])),
        ] {
            #expect(settings.problems.count == 1)
            #expect(settings.problems.first?.hasPrefix("site.2FA_VERIFY_AUTHTOKEN: \(path)") == true)
            #expect(!settings.problems.joined().contains("hidden"))
        }
        try folder.write("site-2FA_VERIFY_AUTHTOKEN", "hidden", mode: 0o644)
        let odd = try Configured.settings(secrets: folder.path)
        #expect(
            odd.warnings == ["\(path) may be read by more than its owner and group (mode 0644): chmod 640 or less"])
    }

    @Test("with nearly the name of a key are warned of; others' are not")
    func mistyped() throws {
        let folder = try Folder()
        for name in ["site-2FA_VERIFY_AUTHTOKN", "site-2FA_VERIFY_AUTHTOKEN", "postgres-password", ".hidden"] {
            try folder.write(name, "abc")
        }
        #expect(
            try Configured.settings(secrets: folder.path).warnings == [
                "\(folder.path)/site-2FA_VERIFY_AUTHTOKN is read by nobody: did you mean site-2FA_VERIFY_AUTHTOKEN?"
            ])
    }
}
