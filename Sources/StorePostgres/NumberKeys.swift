import Basics
import Store
import Wire

/// What a number's rows are found by, one hash after the other: as it stands beside the sealed number itself, so that a person's code,
/// counters and pauses are found by a join in the same round trip.
///
/// They are the very hashes that stand in those rows. What is read by them is believed only when the number, once it is opened, has
/// the same ones: whoever can write the database, but has no key, could put another number's there.
struct NumberKeys: Equatable {
    /// Which hash, in their order.
    enum Part: Int, CaseIterable {
        case number, numberSends, unprovenNumberSends, unprovenCountrySends, ownersPace, unprovenPace

        /// Where it begins, as SQL's `substr` counts.
        var offset: Int { rawValue * NumberKeys.length + 1 }

        init?(_ tally: Tally) {
            switch tally {
            case .numberSends: self = .numberSends
            case .unprovenNumberSends: self = .unprovenNumberSends
            case .unprovenCountrySends: self = .unprovenCountrySends
            case .userSends, .clientSends, .unprovenSiteSends, .userEnrolments, .clientEnrolments,
                .wrongCodesOfUserAndClient, .wrongCodesOfUser:
                return nil
            }
        }
    }

    /// Of one hash, in bytes.
    static let length = 32

    let bytes: [UInt8]

    init(_ place: NumberPlace, _ rows: PostgresRows) {
        let context = ChangeContext(
            key: JobKey(frontEnd: "", messageID: ""), login: Job.Login(user: ""), place: place,
            now: Timestamp(milliseconds: 0))
        bytes = Part.allCases.flatMap { part in
            switch part {
            case .number: rows.lookup(place.number.revealed)
            case .numberSends: rows.hash(of: .numberSends, context) ?? []
            case .unprovenNumberSends: rows.hash(of: .unprovenNumberSends, context) ?? []
            case .unprovenCountrySends: rows.hash(of: .unprovenCountrySends, context) ?? []
            case .ownersPace: rows.hash(of: .number(place.number, isProven: true))
            case .unprovenPace: rows.hash(of: .number(place.number, isProven: false))
            }
        }
    }

    /// The hash of the number itself.
    var number: [UInt8] { Array(bytes.prefix(Self.length)) }
}

extension Tally {
    /// Whether jobs of different people and numbers are counted together.
    var isShared: Bool {
        switch self {
        case .clientSends, .clientEnrolments, .unprovenCountrySends, .unprovenSiteSends: true
        case .numberSends, .userSends, .unprovenNumberSends, .userEnrolments, .wrongCodesOfUserAndClient,
            .wrongCodesOfUser:
            false
        }
    }
}
