import Store
import StorePostgres
import StoreSQLite

/// Finds the kind of store by the scheme of its URL.
enum StoreFactory {
    /// Every kind there is: a new one is a target, and its line here.
    private static let kinds: [any StoreDriver.Type] = [
        SQLiteDriver.self, PostgresDriver.self,
    ]

    /// How their URLs look.
    static var forms: String { kinds.map { $0.form }.joined(separator: " or ") }

    /// - Returns: `nil` for a URL of no kind.
    static func store(
        at url: String, keyFile: String? = nil, letters: LetterBounds = LetterBounds()
    ) -> (any StoreDriver)? {
        guard let colon = url.firstIndex(of: ":"), let kind = kinds.first(where: { $0.scheme == url[..<colon] }) else {
            return nil
        }
        return kind.init(String(url[url.index(after: colon)...]), keyFile: keyFile, letters: letters)
    }
}
