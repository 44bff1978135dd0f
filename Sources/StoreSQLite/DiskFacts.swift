import CLinux
package import Store

/// The file system that a store's folder is on.
package struct DiskFacts: Sendable, Equatable {
    /// What kind of file system it is.
    package enum Kind: Sendable, Equatable {
        case local
        case network(String)
        case memory
        /// May be local or not.
        case unknown(String)
    }

    /// What kind of file system it is.
    package var kind: Kind
    /// What this user may still write there.
    package var freeBytes: UInt64

    package init(kind: Kind, freeBytes: UInt64) {
        self.kind = kind
        self.freeBytes = freeBytes
    }

    /// `nil` when there is no such folder.
    package init?(path: String) {
        var type: UInt32 = 0
        var free: UInt64 = 0
        guard clinux_file_system(path, &type, &free) == 0 else { return nil }
        self.init(kind: Self.kind(ofType: type), freeBytes: free)
    }

    /// By the numbers of statfs(2) and linux/magic.h.
    static func kind(ofType type: UInt32) -> Kind {
        switch type {
        case 0x6969: .network("NFS")
        case 0x517B, 0xFF53_4D42, 0xFE53_4D42: .network("SMB")
        case 0x00C3_6400: .network("Ceph")
        case 0x5346_414F, 0x6B41_4653: .network("AFS")
        case 0x0BD0_0BD0: .network("Lustre")
        case 0x0116_1970: .network("GFS2")
        case 0x7461_636F: .network("OCFS2")
        case 0x0102_1997: .network("9p")
        case 0x0102_1994, 0x8584_58F6: .memory
        case 0x6573_5546: .unknown("FUSE")
        default: .local
        }
    }

    /// What is free, in words.
    package var description: String { "\(freeBytes >> 20) MiB free" }

    /// What is wrong with it for a store, in words that say what to do.
    package func issues(folder: String) -> [StoreCondition.Issue] {
        var issues: [StoreCondition.Issue] = []
        switch kind {
        case .network(let name):
            issues.append(
                .failure(
                    "\(folder) is on \(name), where SQLite's locks and syncs cannot be relied on: use a local disk"))
        case .memory: issues.append(.warning("\(folder) is in memory: registrations are gone at the next boot"))
        case .unknown(let name): issues.append(.warning("\(folder) is on \(name): make sure that it is a local disk"))
        case .local: break
        }
        if freeBytes < 50 << 20 {
            issues.append(.failure("\(folder) has \(description): make room, a full disk stops every worker"))
        } else if freeBytes < 500 << 20 {
            issues.append(.warning("\(folder) has \(description): make room before it is full"))
        }
        return issues
    }
}
