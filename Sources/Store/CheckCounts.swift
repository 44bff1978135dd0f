/// Something at Twilio that codes are checked against, with what our journal knows of those checks.
///
/// A check of which a byte has left stays counted as begun until it is known to be wrong: as long as there is another one of
/// which that is not known, an approval that Twilio shows later may be that one's.
public protocol CheckCounting {
    /// Checks begun.
    var checksBegun: Int { get set }
    /// Those of them whose code is known to be wrong.
    var checksDenied: Int { get set }
}

extension CheckCounting {
    /// No check may still turn out to be the right one.
    public var isSettled: Bool { checksBegun == checksDenied }
    /// The same but for the one that is under way.
    public var isSettledButForOne: Bool { checksBegun - 1 == checksDenied }
}

extension LiveCode: CheckCounting {}
extension Enrolment: CheckCounting {}
extension OpenChallenge: CheckCounting {}
