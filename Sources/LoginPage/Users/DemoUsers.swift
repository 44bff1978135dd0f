import Basics

/// The people who may sign in: a line each, `name:hash`.
public struct DemoUsers: Sendable {
    /// What is wrong with the file, and what to do.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        /// In one sentence.
        public var description: String
    }

    /// Lines of the file; it is no directory of a company's.
    public static let most = 1000

    private let hashes: [String: (name: String, hash: PasswordHash)]
    /// For names that nobody has: they take as long.
    private let nobody: PasswordHash

    /// Blank lines and those that begin with `#` are passed over.
    public init(_ text: String) throws(Problem) {
        var hashes: [String: (name: String, hash: PasswordHash)] = [:]
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.drop(while: \.isWhitespace)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let (name, hash) = try Self.user(line, number + 1)
            guard hashes.updateValue((name, hash), forKey: name.lowercased()) == nil else {
                throw Problem(description: "line \(number + 1): the name '\(name)' is there twice: remove one")
            }
        }
        guard let costly = hashes.values.first?.hash else {
            throw Problem(description: "there is no user in it: add lines as \(Self.advice)")
        }
        guard hashes.count <= Self.most else { throw Problem(description: "more than \(Self.most) users") }
        guard let nobody = try? PasswordHash(ofNobodyLike: costly) else {
            throw Problem(description: "passwords cannot be hashed on this machine")
        }
        self.hashes = hashes
        self.nobody = nobody
    }

    private static let advice = "'verify-courier login-page --hash NAME' prints them"

    private static func user(_ line: Substring, _ number: Int) throws(Problem) -> (String, PasswordHash) {
        let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(sides[0])
        guard isName(name) else {
            throw Problem(description: "line \(number): a name has 1 to 64 letters, digits, '.', '_', '-' or '@'")
        }
        var end = sides.count > 1 ? sides[1] : ""
        while end.last?.isWhitespace == true { end.removeLast() }
        guard let hash = PasswordHash(String(end)) else {
            throw Problem(
                description: "line \(number): behind '\(name):' there is no password hash: use lines as \(advice)")
        }
        return (name, hash)
    }

    /// Whether somebody may be called so.
    public static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-@".unicodeScalars.contains($0))
            }
    }

    /// The person's own id, whatever case the name was typed in; `nil` where name or password is wrong, in the same time.
    func user(named typed: String, password: Redacted<String>) -> String? {
        let found = hashes[typed.lowercased()]
        let isRight = (found?.hash ?? nobody).matches(password)
        return isRight ? found?.name : nil
    }
}
