import Basics
import Crypto
import FoundationEssentials
import Glibc
import Yams

extension TopologyDefinitions {
    /// Passwords of broker users from a file, as the hashes that RabbitMQ keeps.
    ///
    /// - Parameters:
    ///   - path: `.yaml` or `.yml`: a mapping of names to passwords; any other: lines `NAME=PASSWORD`, taken as they are
    ///     behind the first `=`, with empty lines and lines that begin with `#` passed over. Readable by its owner only.
    ///   - users: who may be named in it.
    /// - Throws: ``ConfigProblem``, which never holds a password.
    public static func hashes(fromFile path: String, for users: [String]) throws(ConfigProblem) -> [String: String] {
        let text = try contents(of: path)
        let isYAML = path.hasSuffix(".yaml") || path.hasSuffix(".yml")
        let passwords = isYAML ? try yaml(text, path) : try lines(text, path)
        for name in passwords.keys.sorted() where !users.contains(name) {
            throw ConfigProblem(
                "\(path) has a password for '\(name)', who is none of: \(users.joined(separator: ", "))")
        }
        return passwords.mapValues { hash($0, salt: randomSalt()) }
    }

    /// RabbitMQ's `rabbit_password_hashing_sha256`: the salt, then SHA-256 of salt and password, in base64.
    static func hash(_ password: Redacted<String>, salt: [UInt8]) -> String {
        let digest = SHA256.hash(data: salt + Array(password.revealed.utf8))
        return Data(salt + Array(digest)).base64EncodedString()
    }

    private static func randomSalt() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    // MARK: The file

    private static func contents(of path: String) throws(ConfigProblem) -> String {
        // Not blocking: a pipe in its place must not hang the program.
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw ConfigProblem("--passwords-file: cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { Glibc.close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= 1 << 20 else {
            throw ConfigProblem("--passwords-file: \(path) must be a regular file of 1 MiB at most")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw ConfigProblem("--passwords-file: others than its owner can use \(path): chmod 600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        let count = read(file, &bytes, bytes.count)
        do throws(TextBytes.Fault) {
            return try TextBytes.text(Array(bytes.prefix(max(0, count))))
        } catch {
            throw ConfigProblem("--passwords-file: \(path) \(error.message)")
        }
    }

    static func lines(_ text: String, _ path: String) throws(ConfigProblem) -> [String: Redacted<String>] {
        var passwords: [String: Redacted<String>] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw ConfigProblem("\(path), line \(index + 1): it must be NAME=PASSWORD")
            }
            let name = String(parts[0])
            guard passwords.updateValue(Redacted(String(parts[1])), forKey: name) == nil else {
                throw ConfigProblem("\(path), line \(index + 1): '\(name)' stands there twice")
            }
        }
        return passwords
    }

    static func yaml(_ text: String, _ path: String) throws(ConfigProblem) -> [String: Redacted<String>] {
        // Without Yams' own words: they quote the file.
        guard let root = try? Yams.compose(yaml: text), let mapping = root.mapping else {
            throw ConfigProblem(
                "\(path) must be YAML that gives every name its password, each once, as in 'web: \"…\"'")
        }
        var passwords: [String: Redacted<String>] = [:]
        for (key, value) in mapping {
            let line = key.mark?.line ?? 0
            guard let name = key.scalar?.string, let password = value.scalar,
                !password.string.isEmpty, password.style != .plain || !["~", "null"].contains(password.string)
            else { throw ConfigProblem("\(path), line \(line): it must be NAME: \"PASSWORD\"") }
            passwords[name] = Redacted(password.string)
        }
        return passwords
    }
}
