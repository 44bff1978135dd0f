import Foundation
import TestKit
import Testing
import Wire

/// Where a worker is started (H47): it works there, or says what it lacks before it takes a job.
@Suite("Odd surroundings", .timeLimit(.minutes(10))) struct SurroundingsTests {
    @Test(
        "H47 limits that it cannot live with are named, with what would be enough",
        arguments: [("--nofile=16", "only 16 files", "needs 64"), ("--as=700000000", "only 667 MiB", "needs 1024")])
    func tooLittle(limit: String, has: String, needs: String) async throws {
        let stage = try await Stage()
        let worker = try stage.worker(by: ["prlimit", limit])
        #expect(await worker.waitUntilEnd() == 78)
        #expect(worker.output.contains(has) && worker.output.contains(needs), "\(worker.output)")
    }

    @Test("H47 the softer limit of open files is not one: it takes what it may have")
    func softLimit() async throws {
        let stage = try await Stage()
        let worker = try stage.worker(by: ["prlimit", "--nofile=16:256"])
        try await worker.waitUntilPrinted("ready")
        #expect(try String(contentsOfFile: "/proc/\(worker.id)/limits", encoding: .utf8).contains(openFiles: 256))
        try await signIn(stage)
    }

    @Test("H47 just enough: 64 open files, one processor, another locale and time zone, no home")
    func little() async throws {
        let stage = try await Stage()
        let worker = try stage.worker(
            by: ["prlimit", "--nofile=64", "taskset", "--cpu-list", "0"],
            more: ["HOME": "/nonexistent", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"])
        try await worker.waitUntilPrinted("ready")
        try await signIn(stage)
    }

    @Test(
        "H47 nothing to write but the store's folder, and nobody in /etc/passwd",
        .enabled(if: Namespace.isAllowed, "needs a mount namespace"))
    func nothingElse() async throws {
        let stage = try await Stage()
        let worker = try stage.worker(by: Namespace.bare(but: stage.folder))
        try await worker.waitUntilPrinted("ready")
        try await signIn(stage)
    }

    private func signIn(_ stage: Stage) async throws {
        let (number, login) = ("+14155550142", ["user": "anna", "login": "registration"])
        let sent = try await stage.ask(.registerPhone, login.merging(["phone": number, "channel": "sms"]) { $1 })
        #expect(sent.outcome == .sent)
        let checked = try await stage.ask(.check, login.merging(["code": stage.code(number)]) { $1 })
        #expect(checked.outcome == .approved)
    }
}

/// A file system of a worker's own.
private enum Namespace {
    static let isAllowed =
        (try? ChildProcess(unshare[0], Array(unshare.dropFirst()) + ["true"]).blockUntilEnd()) == 0

    private static let unshare = ["unshare", "--mount", "--map-root-user"]

    /// Everything read-only but that folder; `/etc/passwd` empty, and `/tmp` but for the program, which may be built there.
    static func bare(but folder: String) -> [String] {
        let script = """
            program=$(dirname "$1")
            mount --bind "$0" /mnt
            mount --bind "$program" /srv
            mount -t tmpfs none /tmp
            mkdir -p "$0" "$program"
            mount --bind /mnt "$0"
            mount --bind /srv "$program"
            mount -o remount,bind,ro "$program"
            mount -o remount,ro /tmp
            mount --bind /dev/null /etc/passwd
            mount -o remount,bind,ro /
            ! touch /tmp/it /it 2>/dev/null
            exec "$@"
            """
        return unshare + ["bash", "-euc", script, folder]
    }
}

extension String {
    /// As `/proc/PID/limits` tells the softer limit.
    fileprivate func contains(openFiles count: Int) -> Bool {
        split(separator: "\n").contains { line in
            line.hasPrefix("Max open files") && line.split(separator: " ").dropFirst(3).first == "\(count)"
        }
    }
}
