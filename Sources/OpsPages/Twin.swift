import Basics
import Store
import Wire

/// A page's numbers for programs, by the same look.
///
/// A number that can be other than exact is an object with its kind; durations are seconds, times RFC 3339 in UTC.
struct Twin {
    let text: String

    init(_ place: Place, _ look: SiteLook, _ name: SiteName) {
        let bytes = CanonicalJSON.object { json in
            json.member("at", look.at.description)
            json.member("data", object: look) { json, look in Self.write(place, look, to: &json) }
            json.member("environment", name.environment.isEmpty ? nil : name.environment)
            json.member("site", name.site.isEmpty ? nil : name.site)
            json.member("sources", object: look) { json, look in Self.sources(look, to: &json) }
            json.member("v", 1)
            json.member("warnings", list: look.banners, Self.write)
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    private static func write(_ place: Place, _ look: SiteLook, to json: inout CanonicalJSON) {
        switch place {
        case .overview:
            json.member("new_dead_letters", look.newLetters)
            json.member("queues", list: try? look.queues.get()) { json, queue in json.object { queue.write(to: &$0) } }
            json.member("well", !look.banners.contains { $0.weight == .wrong })
            json.member("workers_living", (try? look.fleet.get())?.workers.count { $0.isAlive })
            json.member(
                "workers_ready",
                (try? look.fleet.get())?.workers.count { $0.isPresent && $0.report?.state == .ready })
        case .queues:
            json.member("queues", list: try? look.queues.get()) { json, queue in json.object { queue.write(to: &$0) } }
        case .workers:
            json.member("workers", list: (try? look.fleet.get())?.workers) { json, worker in
                json.object { Self.write(worker, to: &$0) }
            }
        }
    }

    /// Why a part is missing.
    private static func sources(_ look: SiteLook, to json: inout CanonicalJSON) {
        func error<Value>(of part: Result<Value, Unknown>) -> String? {
            switch part {
            case .success: nil
            case .failure(let problem): problem.message
            }
        }
        json.member("broker", object: look) { $0.member("error", error(of: $1.queues)) }
        json.member("store", object: look) { $0.member("error", error(of: $1.fleet)) }
    }

    private static func write(_ json: inout CanonicalJSON, _ banner: Banner) {
        json.object {
            $0.member("code", banner.code)
            $0.member("lane", banner.lane)
            $0.member("message", banner.message)
            $0.member("weight", banner.weight)
            $0.member("workers", list: banner.workers.isEmpty ? nil : banner.workers) { $0.number($1) }
        }
    }

    private static func write(_ worker: WorkerRecord, to json: inout CanonicalJSON) {
        json.member("age_seconds", worker.age.map(QueueFigures.seconds)) { $0.number($1) }
        json.member("ended_at", worker.endedAt?.description)
        json.member("host", worker.report?.host)
        json.member("id", worker.id)
        json.member("lanes", list: worker.report?.lanes) { json, lane in
            json.object {
                $0.member("consumed", lane.isConsumed)
                $0.member("held", lane.held)
                $0.member("in_hand", lane.inHand)
                $0.member("lane", lane.lane)
                $0.member("paused", lane.isPaused)
                $0.member("prefetch", lane.prefetch)
                $0.member("settled", lane.settled)
                $0.member("slots", lane.slots)
            }
        }
        json.member("obstacles", list: worker.report?.obstacles) { $0.string($1) }
        json.member("pid", worker.report?.pid)
        json.member("settings", worker.report?.settings)
        json.member("standing", worker.standing)
        json.member("started_at", worker.startedAt.description)
        json.member("version", worker.report?.version)
    }
}
