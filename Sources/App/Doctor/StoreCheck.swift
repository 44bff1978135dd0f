import FoundationEssentials
import Store
import StoreSQLite
import Wire

/// The store and the disk under it.
struct StoreCheck: DoctorCheck {
    var settings: Settings

    func findings() async -> [Finding] {
        let place: SQLiteStoreConfiguration
        do { place = try settings.store() } catch { return [.notChecked("store", error)] }
        let result: Result<StoreInspection, StoreError>
        do throws(StoreError) { result = .success(try await SQLiteStore.inspect(place)) } catch {
            result = .failure(error)
        }
        let isWritable = [place.path, Self.folder(of: place.path)].allSatisfy {
            FileFacts(path: $0)?.isWritable == true
        }
        let store = Self.judge(path: place.path, result, isWritable: isWritable)
        let disk = DiskFacts(path: Self.folder(of: place.path)).map {
            Self.judge(folder: Self.folder(of: place.path), $0)
        }
        let letters = (try? result.get()).map { [Self.judge(waitingLetters: $0.waitingLetters)] } ?? []
        let windows = Set(((try? settings.frontEnds()) ?? nil)?.filter { $0.scope == .windows }.map(\.name) ?? [])
        let waits =
            (try? result.get()).map { [Self.judge(waits: $0.longestWaits.filter { !windows.contains($0.key) })] } ?? []
        return [store] + letters + waits + (disk.map { [$0] } ?? [])
    }

    private static func folder(of path: String) -> String {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        return folder.isEmpty ? "." : folder
    }

    static func judge(path: String, _ result: Result<StoreInspection, StoreError>, isWritable: Bool) -> Finding {
        switch result {
        case .failure(let error) where error.code == .missing:
            Finding("store", well: "", [.fail("there is no store at \(path): run 'verify-courier store init'")])
        case .failure(let error): Finding("store", well: "", [.fail("\(path): \(error)")])
        case .success(let inspection):
            Finding("store", well: "\(path), sound, its key fits", issues(of: inspection, path, isWritable))
        }
    }

    private static func issues(of inspection: StoreInspection, _ path: String, _ isWritable: Bool) -> [Finding.Issue] {
        var issues: [Finding.Issue] = []
        if !inspection.damage.isEmpty {
            issues.append(.fail("\(path) is damaged: restore it from a backup (\(inspection.damage.count) findings)"))
        }
        if inspection.journalMode != "wal" {
            issues.append(.fail("\(path) has journal mode '\(inspection.journalMode)', not WAL: it was made by hand"))
        } else if inspection.lockedBy == nil, inspection.synchronous != 2 {
            issues.append(
                .fail("a worker's connection is not synchronous = FULL: a power cut could undo what was answered"))
        }
        if let holder = inspection.lockedBy {
            issues.append(
                .fail("\(path) is locked by \(holder), and no worker can write: let that program end its transaction"))
        }
        if !isWritable { issues.append(.fail("\(path) or its folder cannot be written by this user")) }
        if inspection.logBytes > 64 << 20 {
            let size = "\(inspection.logBytes >> 20) MiB"
            issues.append(
                .warn("\(path)-wal has \(size): a program has read the store for long and still does; end that program")
            )
        }
        if inspection.needsMigration {
            issues.append(
                .warn("\(path) is of an older version; the next worker brings it up to date: back it up first"))
        }
        return issues
    }

    /// The shortest of the common time-outs: gunicorn's.
    ///
    /// nginx and most load balancers have 60 s, IIS 110 s.
    static let shortestTimeout = Duration.seconds(30)
    /// A front end waits for its reply so much longer than the deadline says.
    static let graceOfReplies = Duration.seconds(5)

    /// A web server that ends the request before the answer comes leaves the person without any page.
    ///
    /// - Parameter waits: by front end, those of web portals.
    static func judge(waits: [String: Duration]) -> Finding {
        let long = waits.filter { $0.value + graceOfReplies > shortestTimeout }.sorted { $0.key < $1.key }
        let well = waits.isEmpty ? "no job yet to tell by" : "people wait less than common web servers do"
        return Finding(
            "deadlines", well: well,
            long.map { name, wait in
                let who = name.isEmpty ? "a front end without a name" : "front end '\(name)'"
                return .warn(
                    "\(who) waits up to \((wait + graceOfReplies).components.seconds) s for a reply: gunicorn ends a request after 30 s, nginx and load balancers after 60, IIS after 110. Set the header deadline (30 s without it), or let the web server wait longer"
                )
            })
    }

    static func judge(waitingLetters count: Int) -> Finding {
        let words = count == 1 ? "1 message waits" : "\(count) messages wait"
        return Finding(
            "dead letters", well: "none waits",
            count > 0 ? [.warn("\(words) that could not be treated as jobs: look by 'dead list --state waiting'")] : [])
    }

    static func judge(folder: String, _ facts: DiskFacts) -> Finding {
        let free = "\(facts.freeBytes >> 20) MiB free"
        var issues: [Finding.Issue] = []
        switch facts.kind {
        case .network(let name):
            issues.append(
                .fail("\(folder) is on \(name), where SQLite's locks and syncs cannot be relied on: use a local disk"))
        case .memory: issues.append(.warn("\(folder) is in memory: registrations are gone at the next boot"))
        case .unknown(let name): issues.append(.warn("\(folder) is on \(name): make sure that it is a local disk"))
        case .local: break
        }
        if facts.freeBytes < 50 << 20 {
            issues.append(.fail("\(folder) has \(free): make room, a full disk stops every worker"))
        } else if facts.freeBytes < 500 << 20 {
            issues.append(.warn("\(folder) has \(free): make room before it is full"))
        }
        return Finding("disk", well: free, issues)
    }
}
