import Basics
import CLinux
import Glibc

/// What the system writes of a process that died holds whatever it had in memory: codes, numbers, the token, passwords.
public enum CoreDumps {
    private static let limitBefore = Locked<rlimit?>(nil)

    /// No core file from here on, and no other process of this user may look into this one's memory (`ptrace`,
    /// `/proc/PID/mem`): the files in `/proc/PID` belong to root then.
    ///
    /// Root may as before.
    public static func forbid() {
        let limit = get()
        limitBefore.withLock { $0 = limit }
        set(rlimit(rlim_cur: 0, rlim_max: limit.rlim_max))
        // A program that the kernel pipes dumps to (systemd-coredump) does not ask for the limit.
        clinux_set_dumpable(false)
    }

    /// As it was before ``forbid()``.
    static func allow() {
        guard let limit = limitBefore.withLock({ $0 }) else { return }
        set(limit)
        clinux_set_dumpable(true)
    }

    private static func get() -> rlimit {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        return limit
    }

    private static func set(_ limit: rlimit) {
        var limit = limit
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }
}
