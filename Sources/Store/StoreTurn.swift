public import Wire

/// For whom the running task writes. A store lets lanes take turns at writing: however many operations of one wait, an
/// operation of another waits for one of them, not for all.
public enum StoreTurn {
    /// `nil`: for no lane, which has turns of its own.
    @TaskLocal public static var lane: LaneName?
}
