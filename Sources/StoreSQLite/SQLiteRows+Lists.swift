import Basics
import Foundation
import GRDB
import Store
import Wire

/// Lists that administrators and operators ask for.
extension SQLiteRows {
    func census() throws -> [Census] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT required, grace_until, phone IS NOT NULL, factor_sid IS NOT NULL, COUNT(*) FROM user
                    WHERE known GROUP BY 1, 2, 3, 4
                    """))
        return rows.map { row in
            let factors: Set<Factor> = Set((row[2] ? [.phone] : []) + (row[3] ? [.authenticator] : []))
            return Census(required: row[0], graceUntil: time(row[1]), factors: factors, count: row[4])
        }
    }

    func page(_ page: UserPage) throws -> [UserRecord] {
        let condition =
            switch page.filter {
            case nil: "1"
            case .required: "required"
            case .registered: "(phone IS NOT NULL OR factor_sid IS NOT NULL)"
            case .unregistered: "(phone IS NULL AND factor_sid IS NULL)"
            }
        return try firstReadable(
            page.limit,
            """
            SELECT name, \(RecordColumns.list(RecordColumns.user)) FROM user
            WHERE known AND name > ? AND \(condition) ORDER BY name
            """, [page.after ?? ""]
        ) { try readUser($0[0], $0, at: 1) }
    }
}
