import Glibc

/// What the system lets a process have, as far as a worker cannot be without it.
struct SystemLimits: Equatable {
    /// At rest it holds some forty: lanes, replies, the store, eventfds.
    static let fewestFiles: UInt64 = 64
    /// Stacks and arenas of its threads are mapped rather than used: some 60 MiB of it are in memory.
    static let leastAddressSpace: UInt64 = 1 << 30

    /// Files that may be open at once after ``raiseOpenFiles()``.
    var openFiles: UInt64
    /// Bytes that may be mapped.
    var addressSpace: UInt64

    static var current: SystemLimits {
        SystemLimits(openFiles: UInt64(get(RLIMIT_NOFILE).rlim_max), addressSpace: UInt64(get(RLIMIT_AS).rlim_cur))
    }

    /// Takes as many open files as this process may have: the softer limit is for programs that still use `select`.
    static func raiseOpenFiles() {
        var limit = get(RLIMIT_NOFILE)
        // Not a billion, as some containers have it: what goes through all of them would take its time.
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 65_536))
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// - Throws: ``ConfigProblem`` that names what is too little, and how to raise it. Beyond that point libraries end
    ///   the process without a word.
    func requireEnough() throws(ConfigProblem) {
        var problems: [String] = []
        if openFiles < Self.fewestFiles {
            problems.append(
                "only \(openFiles) files may be open at once, and a worker needs \(Self.fewestFiles): raise the limit (ulimit -n, or LimitNOFILE= of its unit)"
            )
        }
        if addressSpace < Self.leastAddressSpace {
            problems.append(
                "only \(addressSpace >> 20) MiB may be mapped, and a worker needs \(Self.leastAddressSpace >> 20), most of which it never uses: raise the limit (ulimit -v), and limit its memory by a control group (MemoryMax= of its unit)"
            )
        }
        guard problems.isEmpty else { throw ConfigProblem(problems) }
    }

    private static func get(_ resource: __rlimit_resource) -> rlimit {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(resource.rawValue), &limit)
        return limit
    }
}
