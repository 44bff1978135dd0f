import CLinux
import Glibc
import Store

/// A file that is only ever locked.
final class LockFile: Sendable {
    let descriptor: Int32
    /// `F_OFD_SETLK`, which the overlay leaves out; the same on every Linux.
    private static let setOpenFileLock: Int32 = 37

    /// One that is there already, to look at who has locked it; `nil` when there is none.
    init?(existing path: String) {
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    init(_ path: String) throws(StoreError) {
        descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.failed, "A lock file beside the store cannot be opened; look at the directory's rights.")
        }
    }

    deinit { Glibc.close(descriptor) }

    /// Waits for the whole file; blocks the thread.
    func lock() throws(StoreError) {
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw StoreError(.failed, "The store's lock file cannot be locked.") }
        }
    }

    func unlock() { flock(descriptor, LOCK_UN) }

    /// Drops all byte locks of this open file.
    func unlockBytes() {
        var lock = flock()
        lock.l_type = Int16(F_UNLCK)
        lock.l_whence = Int16(SEEK_SET)
        _ = fcntl(descriptor, Self.setOpenFileLock, &lock)
    }
}

/// A file that must stay what was opened: one that was deleted or replaced can be written to for long, and nobody would
/// ever read it.
struct OpenFile: Sendable {
    let path: String
    private let identity: Identity

    private struct Identity: Equatable {
        var device: dev_t
        var number: ino_t

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, number) = (status.st_dev, status.st_ino)
        }
    }

    init(_ path: String) throws(StoreError) {
        guard let identity = Identity(path) else {
            throw StoreError(.missing, "There is no store at that place; `store init` makes one.")
        }
        self.path = path
        self.identity = identity
    }

    /// `nil` when there is no such file.
    static func size(of path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    func requirePresence() throws(StoreError) {
        guard Identity(path) == identity else {
            throw StoreError(
                .missing, "The store's file was deleted or replaced while it is in use: put it back, or start anew.")
        }
    }
}

/// Who lives: each worker holds a lock on the byte of its number, which the kernel drops when its process ends.
final class Liveness: Sendable {
    let worker: Int64
    private let file: LockFile?

    /// For whoever is no worker and only looks who lives.
    init(watching path: String) {
        worker = -1
        file = LockFile(existing: path)
    }

    /// The same by a file that is open.
    init(watching file: LockFile) {
        worker = -1
        self.file = file
    }

    init(_ file: LockFile, worker: Int64) throws(StoreError) {
        self.file = file
        self.worker = worker
        guard clinux_lock_byte(file.descriptor, worker) == 0 else {
            throw StoreError(.failed, "The lock that shows this worker alive cannot be taken.")
        }
    }

    /// Gives the lock up: from now on others may take over what this worker began.
    func end() { file?.unlockBytes() }

    /// Whether another one lives.
    ///
    /// If the kernel cannot tell, it does, and the lease's time decides alone.
    static func lives(_ other: Int64, _ file: LockFile) -> Bool {
        clinux_byte_is_locked(file.descriptor, other) != 0
    }

    /// An open file does not see its own locks, hence the comparison.
    func isAlive(_ other: Int64) -> Bool { other == worker || (file.map { Self.lives(other, $0) } ?? false) }
}
