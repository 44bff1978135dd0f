/// What Twilio does with codes where its documents leave it open or have changed.
struct CodeRules: Sendable, Equatable {
    /// A code, and all before it, counts once per factor.
    ///
    /// No source says that Twilio does so.
    var refuseReplay = false
    /// A wrong code is an error (60311, 60324), as before October 2021, instead of an answer that says `unverified` or
    /// `pending`.
    ///
    /// The try counts either way.
    var refuseWrong = false
}
