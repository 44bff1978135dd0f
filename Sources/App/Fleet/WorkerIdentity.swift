import Basics
import Crypto
import Glibc
import Store

extension Settings {
    /// What a worker tells of itself that never changes.
    ///
    /// - Parameter version: the program's.
    func identity(version: String) -> WorkerReport {
        WorkerReport(
            host: Self.host, pid: getpid(), version: version,
            listen: text("ops.listen").flatMap { $0 == "off" ? nil : $0 },
            settings: fingerprint)
    }

    /// The same for settings that are the same, so that workers that differ are found.
    ///
    /// Secrets are left out, and so is what every worker of a machine has of its own.
    var fingerprint: String {
        let lines = entries.filter { $0.key.name != "ops.listen" }.map { "\($0.key.name)=\($0.shown)\n" }.joined()
        return SHA256.hash(data: Array(lines.utf8)).prefix(6).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            .joined()
    }

    private static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
