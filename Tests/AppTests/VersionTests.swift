import Basics
import Foundation
import TestKit
import Testing

@Suite("The version", .timeLimit(.minutes(10)))
struct VersionTests {
    private static func lines(of path: String) throws -> [Substring] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8).split(separator: "\n")
    }

    @Test("7 --version prints name and version")
    func printed() async throws {
        let run = try await Program.run(["--version"], ["HOME": "/nonexistent"])
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(run.output == "verify-courier \(ProductVersion.current)\n")
    }

    @Test("the newest entry of the change log has its number, and a day")
    func changes() throws {
        let newest = try #require(try Self.lines(of: "docs/CHANGELOG.md").first { $0.hasPrefix("## ") })
        let version = newest.wholeMatch(of: /## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d/)?.1
        #expect(version.map { String($0) } == ProductVersion.current)
    }

    @Test("the newest entry of the Debian change log has its number")
    func debian() throws {
        let newest = try #require(try Self.lines(of: "deploy/debian/changelog").first)
        let version = newest.wholeMatch(of: /verify-courier \((.*)\) stable; urgency=medium/)?.1
        #expect(version.map { String($0) } == ProductVersion.current)
    }
}
