import Foundation
import Testing

@Suite("The fuzzer's corpus", .timeLimit(.minutes(10))) struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    private static func files(_ target: FuzzTarget) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: target.rawValue), includingPropertiesForKeys: nil)
    }

    @Test(arguments: FuzzTarget.allCases)
    func `Every input gets where its name says, and breaks no promise`(target: FuzzTarget) async throws {
        for file in try Self.files(target) {
            let name = file.lastPathComponent
            let input = [UInt8](try Data(contentsOf: file))
            do throws(BrokenPromise) {
                let word = try await target.run(input)
                #expect(name.hasPrefix(word + "-"), "\(target)/\(name) is '\(word)'")
            } catch {
                Issue.record("\(target)/\(name): \(error)")
            }
        }
    }

    @Test(arguments: [
        (FuzzTarget.jobs, ["job", "invalid", "late", "unexpected"]),
        (.frames, ["delivery", "frames", "properties", "table", "refused"]),
        (.answers, ["approved", "answered", "refused"]), (.settings, ["works", "lacks", "wrong"]),
    ])
    func `The inputs begin everywhere`(target: FuzzTarget, words: [String]) throws {
        let names = try Self.files(target).map(\.lastPathComponent)
        for word in words { #expect(names.contains { $0.hasPrefix(word + "-") }, "\(target) has no '\(word)'") }
    }
}
