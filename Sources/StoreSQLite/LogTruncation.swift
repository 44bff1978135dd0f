import Basics

/// When the write-ahead log is to be emptied.
///
/// SQLite overwrites what is deleted in the database, but the log keeps the old pages until it happens to be written
/// over: who was erased would stay readable there. Pure: it is told the time.
struct LogTruncation {
    /// For readers, in milliseconds.
    ///
    /// Everybody's next commit waits meanwhile, so it is much less than SQLite's own.
    static let patience = 50

    private var wanted = 0
    private var done = 0
    private var backoff = Backoff(first: .milliseconds(100), longest: .seconds(5))
    private var notBefore: MonotonicTime?
    private var began = 0

    mutating func want() { wanted += 1 }

    mutating func isDue(at now: MonotonicTime) -> Bool {
        guard wanted > done, notBefore.map({ now >= $0 }) ?? true else { return false }
        began = wanted
        return true
    }

    mutating func tried(_ isDone: Bool, at now: MonotonicTime) {
        guard isDone else {
            notBefore = now + backoff.next()
            return
        }
        (done, notBefore) = (began, nil)
        backoff.reset()
    }
}
