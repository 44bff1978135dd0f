import Basics
import Foundation

@testable import App

/// The environment, the YAML file and a file with Twilio's token, parted by lines of `====`.
enum SettingsTarget {
    static func run(_ input: [UInt8]) throws(BrokenPromise) -> String {
        let parts = parts(input)
        let folder = FileManager.default.temporaryDirectory.appending(path: "verify-courier-fuzz-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, secret) = (folder.appending(path: "c.yaml"), folder.appending(path: "token"))
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(parts.count > 1 ? parts[1] : []).write(to: file)
            if parts.count > 2 { try Data(parts[2]).write(to: secret) }
        } catch { throw BrokenPromise(description: "no files can be written: \(error)") }
        var environment = variables(parts[0])
        if parts.count > 2 { environment["VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN_FILE"] = secret.path }
        let loader = ConfigLoader(flags: [:], file: file.path, environment: environment, secrets: nil)
        return try SettingsPromise(
            settings: Settings(unchecked: loader), loader: loader, places: [file.path, secret.path], input: input
        ).check()
    }

    private static func parts(_ input: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        for line in input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.elementsEqual("====".utf8) { parts.append([]) } else { parts[parts.count - 1] += line + [0x0A] }
        }
        return parts
    }

    private static func variables(_ bytes: [UInt8]) -> [String: String] {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        }
        return Dictionary(lines.map { ($0[0], $0.count > 1 ? $0[1] : "") }) { first, _ in first }
    }
}
