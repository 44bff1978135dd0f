import Basics

/// Builds the bodies of answers, with links that lead back to this simulator.
///
/// What a resource looks like stands beside its rules.
struct ResponseBodies: Sendable {
    let accountSID: String
    /// `http://host:port`, as the client called us.
    let base: String

    /// Twilio's form of dates: whole seconds, UTC, `2015-07-30T20:00:00Z`.
    static func date(_ time: Timestamp) -> JSONValue {
        .string(time.roundedDown.description.prefix(19) + "Z")
    }
}
