package import Basics
package import Store
package import Wire

/// Something that an operator has to know, or do something about.
package struct Banner: Sendable, Equatable {
    /// Whether people are kept from signing in.
    package enum Weight: String, Sendable, CaseIterable {
        /// They are, or soon will be.
        case wrong
        /// They are not; something is odd.
        case odd
    }

    package var weight: Weight
    /// For programs.
    package var code: String
    /// What is wrong, and what to do.
    package var message: String
    package var lane: LaneName?
    package var workers: [Int64]

    package init(_ weight: Weight, code: String, message: String, lane: LaneName? = nil, workers: [Int64] = []) {
        self.weight = weight
        self.code = code
        self.message = message
        self.lane = lane
        self.workers = workers
    }
}

/// The workers of a site, and what operators want of them.
package struct FleetLook: Sendable {
    package var workers: [WorkerRecord]
    package var orders: WorkerOrders

    package init(workers: [WorkerRecord], orders: WorkerOrders) {
        self.workers = workers
        self.orders = orders
    }
}

/// A part that could not be looked at.
package struct Unknown: Error, Sendable, Equatable {
    /// Why, and what to do.
    package var message: String

    package init(_ message: String) { self.message = message }
}

/// What is known of a site at one moment.
package struct SiteLook: Sendable {
    /// When it was looked at.
    package var at: Timestamp
    /// The worst first.
    package var banners: [Banner]
    package var fleet: Result<FleetLook, Unknown>
    /// What is told of each queue now; or why the broker does not tell.
    package var queues: Result<[QueueFigures], Unknown>
    /// How the queues stood before, the oldest first; empty where that cannot be read.
    package var past: [QueueSnapshot]
    /// Dead letters that came within ``letterWindow`` and wait for an operator.
    package var newLetters: Int
    package static let letterWindow: Duration = .seconds(600)

    package init(
        at: Timestamp, banners: [Banner], fleet: Result<FleetLook, Unknown>,
        queues: Result<[QueueFigures], Unknown>, past: [QueueSnapshot] = [], newLetters: Int = 0
    ) {
        self.at = at
        self.banners = banners
        self.fleet = fleet
        self.queues = queues
        self.past = past
        self.newLetters = newLetters
    }
}

/// Where the pages have their numbers from.
package protocol SiteView: Sendable {
    /// Looks at store and broker; what cannot be looked at says so within seconds.
    func look() async -> SiteLook
}

/// Which site it is, on every page, so that nobody takes one for another.
package struct SiteName: Sendable {
    /// Such as `shop`; blank where it has none.
    package var site: String
    /// Such as `production`; blank where it has none.
    package var environment: String

    package init(site: String = "", environment: String = "") {
        self.site = site
        self.environment = environment
    }
}
