import SitePolicy
public import Wire

/// What an `invalid` reply's error means to somebody at a terminal: which values there are, which name is meant.
public enum RefusalHint {
    /// Fields whose values are not repeated: codes, tickets and numbers.
    private static let unsaid: Set<String> = ["code", "ticket", "phone"]

    /// One line, the error's own words first: scripts and searches go by those.
    ///
    /// - Parameter body: the job's, for what was typed.
    public static func line(for problem: FieldProblem, in body: JobBody? = nil) -> String {
        // What there is no option for may be a secret of a worker's configuration.
        let isSaid = problem.reason != "unknown_option"
        let typed = isSaid ? body.flatMap { value(of: problem.field, in: $0) } : nil
        let not = typed.map { "not '\(LogText.escaped($0, limit: 60))'" }
        let notes = [not, hint(problem)].compactMap(\.self)
        return "\(problem.field): \(problem.reason)" + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
    }

    private static func value(of field: String, in body: JobBody) -> String? {
        let path = field.split(separator: ".", maxSplits: 1).map(String.init)
        guard let first = path.first, !unsaid.contains(first), var value = body[first] else { return nil }
        if path.count == 2, case .object(let members) = value, let inner = members[path[1]] { value = inner }
        switch value {
        case .string(let text): return text
        case .number(let text): return text
        case .bool(let flag): return String(flag)
        case .null, .array, .object: return nil
        }
    }

    private static func hint(_ problem: FieldProblem) -> String? {
        switch problem.reason {
        case "unknown_option": nearestOption(problem.field)
        case "unknown_value": values(of: problem.field).map { "one of \($0.joined(separator: ", "))" }
        case "out_of_range": range(of: problem.field).map { "from \($0.lowerBound) to \($0.upperBound)" }
        case "unknown_region": "with + and country code, or with its region"
        case "unknown_user": "nobody of that id is known; a slip of the keyboard?"
        case "registered": "another number is; 'admin user reset NAME --what phone --reason WHY' takes it away first"
        case "past": "that time is over, so it holds nobody up; 'none' takes a grace away"
        case "country_not_allowed": nowhere
        case "exists": "somebody has that id already"
        case "malformed" where problem.field == "grace_until": "a time such as 2027-01-31T00:00:00Z, or none"
        default: nil
        }
    }

    private static var nowhere: String {
        let messages = Channel.allCases.map { "no \($0.label)" }.joined(separator: " and ")
        let keys = Channel.allCases.map { "limits.\($0.countries)" }.joined(separator: ", ")
        return "\(messages) may go to that number: \(keys)"
    }

    private static func nearestOption(_ field: String) -> String? {
        let name = field.hasPrefix("options.") ? String(field.dropFirst("options.".count)) : field
        if ConfigKey.all.contains(where: { $0.name == name || $0.name == "site.\(name)" }) {
            return "a key of the workers' configuration, and no option of the site's"
        }
        return EditDistance.nearest(to: name, in: SiteOptions.defaults.keys.sorted()).map { "did you mean \($0)?" }
    }

    private static func values(of field: String) -> [String]? {
        switch field {
        case "application": Application.allCases.map(\.rawValue)
        case "channel": Channel.allCases.map(\.rawValue)
        case "what": ResetScope.allCases.map(\.rawValue)
        case "filter": UserFilter.allCases.map(\.rawValue)
        case "filter.reason": DeadLetterReason.allCases.map(\.rawValue)
        case "filter.state": DeadLetterState.allCases.map(\.rawValue)
        default:
            SiteOptions.values(of: String(field.dropFirst("options.".count))).map {
                $0.map { $0.isEmpty ? "blank" : $0 }
            }
        }
    }

    private static func range(of field: String) -> ClosedRange<Int>? {
        switch field {
        case "minutes": 1...1440
        case "rate": 1...1000
        default: nil
        }
    }
}
