public import Basics
public import Wire

/// A stop of sends by an operator's hand, with an end.
public struct Brake: Sendable, Equatable {
    /// What is stopped.
    public enum Stop: Sendable, Hashable {
        /// Every send.
        case sends
        /// Sends by this channel.
        case channel(Channel)
        /// Sends to numbers of this country, ISO 3166-1 alpha-2.
        case country(String)
        /// Sends to numbers that begin so: `+` and one to seven digits, so that it never is a whole number.
        case prefix(String)
    }

    /// What is stopped.
    public var stop: Stop
    /// Numbers too that a person has proven to be theirs; else those are spared.
    public var everyone: Bool
    /// Who set it, by their own word.
    public var by: String
    /// Why, in their words.
    public var why: String
    /// When it was set.
    public var at: Timestamp
    /// When it ends by itself.
    public var until: Timestamp

    /// The longest that one can be set for.
    public static let longest: Duration = .seconds(86_400)
    /// As many as there can be at once: each send looks at them all.
    public static let most = 50

    /// - Parameters:
    ///   - by: up to whoever sets it; nobody checks it.
    ///   - until: not more than ``longest`` ahead.
    public init(_ stop: Stop, everyone: Bool, by: String, why: String, at: Timestamp, until: Timestamp) {
        self.stop = stop
        self.everyone = everyone
        self.by = by
        self.why = why
        self.at = at
        self.until = until
    }
}

extension Brake.Stop {
    /// The words for what is stopped, with its value where it takes one: how commands name it, and how it is kept.
    public enum Kind: String, Sendable, CaseIterable {
        case sends, channel, country, prefix
    }

    /// What kind it is of.
    public var kind: Kind {
        switch self {
        case .sends: .sends
        case .channel: .channel
        case .country: .country
        case .prefix: .prefix
        }
    }

    /// Which channel, country or prefix; `nil` for all sends.
    public var value: String? {
        switch self {
        case .sends: nil
        case .channel(let channel): channel.rawValue
        case .country(let code): code
        case .prefix(let digits): digits
        }
    }

    /// In words: `country GB`.
    public var words: String { value.map { "\(kind.rawValue) \($0)" } ?? kind.rawValue }

    /// From its words; `nil` where the value is none of that kind.
    public init?(_ kind: Kind, _ value: String?) {
        switch (kind, value) {
        case (.sends, nil): self = .sends
        case (.channel, let name?):
            guard let channel = Channel(rawValue: name) else { return nil }
            self = .channel(channel)
        case (.country, let code?):
            guard code.wholeMatch(of: /[A-Z]{2}/) != nil else { return nil }
            self = .country(code)
        case (.prefix, let digits?):
            guard digits.wholeMatch(of: /\+[1-9][0-9]{0,6}/) != nil else { return nil }
            self = .prefix(digits)
        case (.sends, _?), (.channel, nil), (.country, nil), (.prefix, nil): return nil
        }
    }

    /// Whether a send is stopped by it.
    ///
    /// - Parameter place: where the code goes; `nil` where that is not known.
    func holds(_ channel: Channel, _ place: NumberPlace?) -> Bool {
        switch self {
        case .sends: true
        case .channel(let stopped): stopped == channel
        case .country(let code): place?.region == code
        case .prefix(let digits): place?.number.revealed.hasPrefix(digits) ?? false
        }
    }

    /// Wider ones come first: they are the reason that is told.
    fileprivate var width: Int {
        switch self {
        case .sends: 0
        case .channel: 1
        case .country: 2
        case .prefix: 3
        }
    }
}

/// All brakes of a site.
///
/// Pure. They are one value beside the site's options, so that a job that reads those has read them.
public struct Brakes: Sendable, Equatable {
    /// The name of that value.
    package static let option = "brakes"

    /// Those that can be read, whether their time is over or not.
    public private(set) var brakes: [Brake] = []
    /// What a newer version wrote; kept, and obeyed by that version.
    private var others: [JSONValue] = []
    /// The value is none that any version wrote: nobody can tell what was to be stopped.
    public private(set) var isDamaged = false

    /// None.
    public init() {}

    /// - Parameter stored: the value; `nil` where there is none.
    package init(stored: String?) {
        guard let stored else { return }
        guard case .array(let elements)? = try? JSONValue(parsing: Array(stored.utf8)) else {
            isDamaged = true
            return
        }
        for element in elements {
            if let brake = Brake(element) { brakes.append(brake) } else { others.append(element) }
        }
    }

    /// The value as it is kept; `nil` for none.
    package var stored: String? {
        if isDamaged { return "" }
        let elements = others + brakes.map(\.stored)
        return elements.isEmpty ? nil : String(decoding: JSONValue.array(elements).encoded(), as: UTF8.self)
    }

    /// How many of them only a newer version understands.
    public var unknown: Int { others.count }

    /// Those in force, the widest first.
    public func inForce(at now: Timestamp) -> [Brake] {
        brakes.filter { now < $0.until }.sorted { ($0.stop.width, $0.at) < ($1.stop.width, $1.at) }
    }

    /// What stops a send, and until when: the widest brake with the end of the last that holds.
    public struct Hold: Sendable, Equatable {
        /// What is stopped.
        public var stop: Brake.Stop
        /// When such a send is let through again.
        public var until: Timestamp
    }

    /// How soon to ask again where nobody can tell when it ends.
    private static let pause: Duration = .seconds(60)

    /// What stops a send; `nil` for nothing.
    ///
    /// - Parameters:
    ///   - place: where the code goes; `nil` where that is not known.
    ///   - isProven: the number is the person's registered one.
    public func hold(on channel: Channel, to place: NumberPlace?, isProven: Bool, at now: Timestamp) -> Hold? {
        // Whatever was to be stopped: proven numbers are spared, as they are unless somebody says otherwise.
        if isDamaged { return isProven ? nil : Hold(stop: .sends, until: now + Self.pause) }
        guard !brakes.isEmpty else { return nil }
        let holding = inForce(at: now).filter { brake in
            (brake.everyone || !isProven) && brake.stop.holds(channel, place)
        }
        guard let widest = holding.first else { return nil }
        return Hold(stop: widest.stop, until: holding.map(\.until).max() ?? widest.until)
    }

    /// Whether nobody at all gets a code by a channel.
    public func isOff(_ channel: Channel, at now: Timestamp) -> Bool {
        hold(on: channel, to: nil, isProven: true, at: now) != nil
    }

    /// Sets one, in the place of an earlier one of the same, and drops those that are over.
    ///
    /// - Returns: whether there was room.
    package mutating func set(_ brake: Brake) -> Bool {
        let kept = inForce(at: brake.at).filter { $0.stop != brake.stop }
        guard kept.count + others.count < Brake.most else { return false }
        brakes = kept + [brake]
        isDamaged = false
        return true
    }

    /// Takes one back, and drops those that are over.
    ///
    /// - Parameter stop: which; `nil` is all, what cannot be read too.
    /// - Returns: those that were in force.
    package mutating func lift(_ stop: Brake.Stop?, at now: Timestamp) -> [Brake] {
        let standing = inForce(at: now)
        let lifted = standing.filter { stop == nil || $0.stop == stop }
        brakes = standing.filter { !lifted.contains($0) }
        if stop == nil { (others, isDamaged) = ([], false) }
        return lifted
    }

    /// Takes a person's name out of the reasons.
    ///
    /// - Returns: whether there was one.
    package mutating func forget(_ names: Set<String>) -> Bool {
        let before = brakes
        for index in brakes.indices where brakes[index].why.mentions(names) { brakes[index].why = "" }
        return brakes != before
    }
}

extension Brake {
    /// `nil` for what only a newer version understands.
    fileprivate init?(_ value: JSONValue) {
        guard case .object(let fields) = value, case .bool(let everyone)? = fields["everyone"],
            case .string(let by)? = fields["by"], case .string(let why)? = fields["why"],
            let at = Self.time(fields["at"]), let until = Self.time(fields["until"]),
            case .string(let word)? = fields["what"], let kind = Stop.Kind(rawValue: word)
        else { return nil }
        var name: String?
        if case .string(let text)? = fields["value"] { name = text }
        guard let stop = Stop(kind, name) else { return nil }
        self.init(stop, everyone: everyone, by: by, why: why, at: at, until: until)
    }

    private static func time(_ value: JSONValue?) -> Timestamp? {
        guard case .string(let text)? = value else { return nil }
        return Timestamp(rfc3339: text)
    }

    fileprivate var stored: JSONValue {
        var fields: [String: JSONValue] = [
            "at": .string(at.description), "by": .string(by), "everyone": .bool(everyone),
            "until": .string(until.description), "what": .string(stop.kind.rawValue), "why": .string(why),
        ]
        fields["value"] = stop.value.map { .string($0) }
        return .object(fields)
    }

    /// As `brakes --json` prints it.
    public var json: String { String(decoding: stored.encoded(), as: UTF8.self) }
}

extension Situation {
    /// What operators have stopped.
    package var brakes: Brakes { Brakes(stored: options[Brakes.option]) }
}
