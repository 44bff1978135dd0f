import Wire

/// The text form of `front_ends`: `web=web, windows=windows, desk=any+admin`.
enum FrontEndList {
    static func parse(_ text: String) throws(ConfigFault) -> [FrontEnd] {
        guard let parts = ConfigKind.parts(text) else { throw ConfigFault(message: "must be \(allowed)") }
        var result: [FrontEnd] = []
        for part in parts {
            let frontEnd = try one(part)
            guard !result.contains(where: { $0.name == frontEnd.name }) else {
                throw ConfigFault(message: "names \(frontEnd.name) twice")
            }
            result.append(frontEnd)
        }
        return result.sorted { $0.name < $1.name }
    }

    static func text(_ frontEnds: [FrontEnd]) -> String {
        frontEnds.map { "\($0.name)=\($0.scope.rawValue)\($0.isAdmin ? "+admin" : "")" }.joined(separator: ", ")
    }

    private static let allowed = ConfigKind.frontEnds.allowed

    private static func one(_ text: String) throws(ConfigFault) -> FrontEnd {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
        guard sides.count == 2 else { throw ConfigFault(message: "must be \(allowed)") }
        guard FrontEnd.isValid(name: sides[0]) else {
            throw ConfigFault(message: "must name broker users by letters, digits, _ and - only: \(allowed)")
        }
        let words = sides[1].split(separator: "+", omittingEmptySubsequences: false).map(\.trimmed)
        guard let scope = words.first.flatMap(FrontEnd.Scope.init), words.count == 1 || words == [words[0], "admin"]
        else { throw ConfigFault(message: "must be \(allowed); \(sides[0]) is neither") }
        return FrontEnd(name: sides[0], scope: scope, isAdmin: words.count == 2)
    }
}
