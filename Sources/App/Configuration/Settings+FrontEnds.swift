import AMQP
import Basics
public import Wire

extension Settings {
    /// The broker users that may publish jobs, by name; `nil` when front ends are not told apart.
    ///
    /// - Throws: ``ConfigProblem`` when the workers' own user is among them: its replies could come back as jobs.
    public func frontEnds() throws(ConfigProblem) -> [FrontEnd]? {
        // Read anew, since a value that is wrong must not pass for none.
        guard case .frontEnds(let frontEnds)? = try entry("front_ends")?.typed() else { return nil }
        let own = Set(try broker(name: "check").urls.map(\.user))
        if let name = frontEnds.map(\.name).first(where: own.contains) {
            throw ConfigProblem(
                "front_ends names \(name), the workers' own broker user (broker.url): give the workers a user of their own. What looks at a worker, such as doctor, needs the worker's broker.url"
            )
        }
        return frontEnds
    }

    /// Whether everybody who reaches the broker may publish anything, and others than this machine may reach it.
    ///
    /// Without known front ends `admin.*` jobs too are taken from anybody (contract, section 2).
    /// - Throws: ``ConfigProblem`` unless `front_ends_open` says that this is meant.
    public func isOpenToAnybody() throws(ConfigProblem) -> Bool {
        guard try frontEnds() == nil else { return false }
        let hosts = try broker(name: "check").urls.map(\.host)
        guard let host = hosts.first(where: { !Loopback.contains($0) }) else { return false }
        guard try flag("front_ends_open") else {
            throw ConfigProblem(
                "broker.url names \(host) and front_ends is not set: whoever reaches that broker could publish any job, admin.* too. Name the front ends' broker users in front_ends, or set front_ends_open to true"
            )
        }
        return true
    }
}
