import Basics
import SitePolicy
import Store
import Wire

/// Our limits on new secrets: each is a factor at Twilio, which has to be removed there if nobody proves it, and every one has
/// an entity of its own, so that no limit of Twilio's stands in the way.
struct EnrolLimits: Sendable {
    private static let tallies: [Tally] = [.userEnrolments, .clientEnrolments]

    var settings: LimitSettings

    var wanted: [Tally: Int] {
        guard settings.enabled else { return [:] }
        return Dictionary(uniqueKeysWithValues: Self.tallies.map { ($0, settings.limit(of: $0)) })
    }

    /// The limit that stands in the way now, and until when: the one that lasts longest.
    func obstacle(_ situation: Situation) -> (limit: LimitName, until: Timestamp)? {
        guard settings.enabled else { return nil }
        let obstacles = Self.tallies.compactMap { tally in
            situation.tallies[tally]?.freeAt.map { (limit: tally.limitName, until: $0) }
        }
        return obstacles.max { $0.until < $1.until }
    }

    var counted: [Change] { settings.enabled ? [.count(Self.tallies)] : [] }
    /// Surely no factor was made.
    var givenBack: [Change] { settings.enabled ? [.uncount(Self.tallies)] : [] }
}
