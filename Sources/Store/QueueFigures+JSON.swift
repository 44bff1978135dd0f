package import Basics

extension QueueFigures {
    /// Its members (contract, section 8): a number is an object with its kind, a duration seconds.
    package func write(to json: inout CanonicalJSON) {
        json.member("age_seconds", Self.seconds(age)) { $0.number($1) }
        Self.write("came_in_per_minute", cameIn, to: &json) { $0.number(($1 * 10).rounded() / 10) }
        Self.write("consumers", consumers, to: &json) { $0.number($1) }
        Self.write("done_per_minute", done, to: &json) { $0.number(($1 * 10).rounded() / 10) }
        Self.write("in_hand", inHand, to: &json) { $0.number($1) }
        Self.write("oldest_seconds", oldest, to: &json) { $0.number(Self.seconds($1)) }
        json.member("queue", queue)
        Self.write("ready", ready, to: &json) { $0.number($1) }
        Self.write("seconds_until_empty", untilEmpty, to: &json) { $0.number(Self.seconds($1)) }
        Self.write("waited_over_30_seconds", waitedLong, to: &json) { $0.number($1) }
    }

    /// To a tenth.
    package static func seconds(_ duration: Duration) -> Double { (duration / .seconds(1) * 10).rounded() / 10 }

    private static func write<Value>(
        _ name: String, _ figure: Figure<Value>, to json: inout CanonicalJSON,
        _ number: (inout CanonicalJSON, Value) -> Void
    ) {
        json.member(name, object: figure) { json, figure in
            json.member("kind", figure.kind)
            json.member("value", figure.value, number)
            json.member("why", figure.why)
        }
    }
}
