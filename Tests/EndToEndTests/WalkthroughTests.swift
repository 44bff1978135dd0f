import Foundation
import TestKit
import Testing

/// The page of commands is a test: each line is run as it stands, and says what the page says.
@Suite("docs/walkthrough.md", .timeLimit(.minutes(10))) struct WalkthroughTests {
    /// Runs the lines of standard input in one shell; what follows `#=>` must be in what the line says.
    private static let shell = """
        while IFS= read -r line <&3; do
            wanted=${line##*#=> }
            [ "$wanted" != "$line" ] || wanted=
            said=$(mktemp)
            eval "${line%%#=>*}" >"$said" 2>&1
            if [ -n "$wanted" ] && ! grep -qF -- "$wanted" "$said"; then
                echo "$line"; cat "$said"; exit 1
            fi
        done
        echo finished
        """

    private var page: String {
        get throws {
            let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            let root = here.deletingLastPathComponent().deletingLastPathComponent()
            return try String(contentsOf: root.appendingPathComponent("docs/walkthrough.md"), encoding: .utf8)
        }
    }

    /// The lines of all blocks of the page.
    private var lines: [String] {
        get throws {
            try page.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.flatMap {
                $0.element.split(separator: "\n").dropFirst().map(String.init)
            }
        }
    }

    @Test("each command says what the page says")
    func walk() async throws {
        let stage = try await Stage()
        let worker = try stage.worker()
        let script = stage.folder + "/walk"
        try lines.joined(separator: "\n").appending("\n").write(toFile: script, atomically: true, encoding: .utf8)
        let product = URL(fileURLWithPath: try WorkerProcess.program).deletingLastPathComponent().path
        var environment = stage.environment
        environment["TWILIO"] = environment["VERIFY_COURIER_TWILIO_BASE_URL"]
        environment["PATH"] = "\(product):/usr/bin:/bin"
        environment["TMPDIR"] = stage.folder
        let output = stage.folder + "/walk.log"
        let shell = try ChildProcess(
            "/bin/bash", ["-c", "cd \(stage.folder) && exec 3<\(script)\n" + Self.shell], environment: environment,
            ChildProcess.Streams(output: output, errors: output + ".errors"))
        let code = await shell.waitUntilEnd()
        let log = try String(contentsOfFile: output, encoding: .utf8)
        #expect(code == 0 && log == "finished\n", "\(log)")
        worker.kill(15)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("the page shows the whole story")
    func isWhole() throws {
        #expect(try lines.count { $0.contains("#=>") } >= 25)
    }
}
