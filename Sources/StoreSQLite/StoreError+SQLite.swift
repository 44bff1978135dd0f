import GRDB
import Store

extension StoreError {
    /// SQLite's own words may quote a statement; only the kind of trouble is taken over.
    init(sqlite error: any Error) {
        if let known = error as? StoreError {
            self = known
            return
        }
        if error is CancellationError {
            self.init(.stopping, "The task that asked the store was cancelled.")
            return
        }
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_FULL: self.init(.full, "The store's disk is full; make room.")
        case .SQLITE_READONLY: self.init(.readOnly, "The store's file cannot be written; look at its rights.")
        case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(.busy, "Another program holds the store's file.")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.corrupt, "The store's file is damaged or no database; restore it from a backup.")
        case .some(let code): self.init(.failed, "The store failed (SQLite error \(code.rawValue)).")
        case nil: self.init(.failed, "The store failed.")
        }
    }
}
