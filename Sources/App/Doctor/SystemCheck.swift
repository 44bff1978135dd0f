import Glibc

/// What the machine gives a worker: a folder for its state, and open files.
struct SystemCheck: DoctorCheck {
    var settings: Settings

    func findings() async -> [Finding] {
        let files = Self.judge(
            openFiles: SystemLimits.current.openFiles, callsAtOnce: (try? settings.number("twilio.calls_at_once")) ?? 0)
        guard let folder = settings.folderToMake else { return [files] }
        return [Self.judge(folder: folder, FileFacts(path: folder), user: geteuid()), files]
    }

    /// The folder that the store is in unless the configuration says otherwise.
    static func judge(folder: String, _ facts: FileFacts?, user: UInt32) -> Finding {
        var issues: [Finding.Issue] = []
        if let facts {
            if !facts.isFolder { issues.append(.fail("\(folder) is no folder: move it away")) }
            if !facts.isWritable { issues.append(.fail("\(folder) cannot be written by this user")) }
            if facts.mode & 0o022 != 0 {
                issues.append(.fail("\(folder) may be written by others (mode \(facts.shownMode)): chmod 700"))
            }
            if facts.owner != user { issues.append(.warn("\(folder) belongs to another user than this one")) }
        } else {
            issues.append(.fail("there is no state folder at \(folder): run 'verify-courier store init'"))
        }
        return Finding("state folder", well: folder, issues)
    }

    /// Each call to Twilio holds a connection, 256 at the most; the store, the broker and the pages need some dozens.
    static func judge(openFiles: UInt64, callsAtOnce: Int) -> Finding {
        let needed = UInt64(min(callsAtOnce == 0 ? 256 : callsAtOnce, 256) + 150)
        var issues: [Finding.Issue] = []
        if openFiles < SystemLimits.fewestFiles {
            issues.append(
                .fail("only \(openFiles) files may be open at once: raise the limit (ulimit -n) to \(needed)"))
        } else if openFiles < needed {
            issues.append(
                .warn(
                    "only \(openFiles) files may be open at once, and \(needed) may be needed: raise the limit (ulimit -n)"
                ))
        }
        return Finding("open files", well: "up to \(openFiles)", issues)
    }
}

/// What the file system tells of a file or folder.
struct FileFacts: Sendable, Equatable {
    var mode: UInt32
    var owner: UInt32
    var isFolder: Bool
    var isReadable: Bool
    var isWritable: Bool

    init(mode: UInt32, owner: UInt32, isFolder: Bool = false, isReadable: Bool = true, isWritable: Bool = true) {
        self.mode = mode
        self.owner = owner
        self.isFolder = isFolder
        self.isReadable = isReadable
        self.isWritable = isWritable
    }

    /// `nil` when there is nothing, or nothing that may be looked at.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(
            mode: status.st_mode & 0o7777, owner: status.st_uid, isFolder: status.st_mode & S_IFMT == S_IFDIR,
            isReadable: access(path, R_OK) == 0, isWritable: access(path, W_OK) == 0)
    }

    var shownMode: String { "0" + String(mode & 0o777, radix: 8) }
}
