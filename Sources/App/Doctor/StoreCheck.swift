import Store
import Wire

/// The store and the disk under it.
struct StoreCheck: DoctorCheck {
    var settings: Settings

    func findings() async -> [Finding] {
        let store: any StoreDriver
        do { store = try settings.store() } catch { return [.notChecked("store", error)] }
        let condition = await store.inspect()
        let disk = condition.medium.map { Finding("disk", well: $0.facts, $0.issues.map(Finding.Issue.init)) }
        let state = Self.judge(store.name, condition)
        guard condition.error == nil else { return [state] + (disk.map { [$0] } ?? []) }
        let windows = Set(((try? settings.frontEnds()) ?? nil)?.filter { $0.scope == .windows }.map(\.name) ?? [])
        let waits = condition.longestWaits.filter { !windows.contains($0.key) }
        return [state, Self.judge(waitingLetters: condition.waitingLetters), Self.judge(waits: waits)]
            + (disk.map { [$0] } ?? [])
    }

    static func judge(_ name: String, _ condition: StoreCondition) -> Finding {
        switch condition.error {
        case let error? where error.code == .missing:
            Finding("store", well: "", [.fail("there is no store at \(name): run 'verify-courier store init'")])
        case let error?: Finding("store", well: "", [.fail("\(name): \(error)")])
        case nil: Finding("store", well: "\(name), sound, its key fits", condition.issues.map(Finding.Issue.init))
        }
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
}

extension Finding.Issue {
    init(_ issue: StoreCondition.Issue) {
        switch issue {
        case .failure(let text): self = .fail(text)
        case .warning(let text): self = .warn(text)
        }
    }
}
