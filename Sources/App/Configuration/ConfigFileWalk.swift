import Wire
import Yams

/// Goes through a YAML file's tree, takes the known keys and notes everything else.
struct ConfigFileWalk {
    let path: String
    var notes = ConfigNotes()
    var values: [String: ConfigFile.Value] = [:]

    /// Deeper than any key.
    private static let deepest = 8

    init(path: String) {
        self.path = path
    }

    mutating func take(_ mapping: Node.Mapping, under names: [String]) {
        for (name, node) in mapping {
            let line = name.mark?.line ?? 0
            guard let text = name.scalar?.string, names.count < Self.deepest else {
                notes.problem("a key must be a word (\(path), line \(line))")
                continue
            }
            take(node, (names + [text]).joined(separator: "."), line, names + [text])
        }
    }

    private mutating func take(_ node: Node, _ name: String, _ line: Int, _ names: [String]) {
        if let key = ConfigKey.named(name) { return take(node, for: key, line) }
        // An empty section is one whose keys are all commented out.
        if ConfigKey.isSection(name), node.isBlank { return }
        if let mapping = node.mapping, !mapping.isEmpty { return take(mapping, under: names) }
        let shown = LogText.escaped(name, limit: 100)
        if ConfigKey.isSection(name) {
            return notes.problem("\(shown) is a section: put its keys below it, indented (\(path), line \(line))")
        }
        notes.problem("unknown key \(shown) (\(path), line \(line)): did you mean \(ConfigKey.nearest(to: name))?")
    }

    private mutating func take(_ node: Node, for key: ConfigKey, _ line: Int) {
        guard values[key.name] == nil else {
            return notes.problem("\(key.name) stands there twice (\(path), line \(line))")
        }
        guard key.mayStandInFile else {
            return notes.problem(
                "\(key.name) may not stand in the configuration file (\(path), line \(line)): put it into a file of its own and name that by \(key.fileVariable)"
            )
        }
        if node.isBlank {
            if key.takesBlank { values[key.name] = .init(text: "", line: line) }
            return
        }
        guard let text = text(of: node, for: key, line) else { return }
        values[key.name] = .init(text: text, line: line)
    }

    private mutating func text(of node: Node, for key: ConfigKey, _ line: Int) -> String? {
        if let scalar = node.scalar { return scalar.string }
        if key.kind == .frontEnds, let mapping = node.mapping { return frontEnds(mapping, line) }
        let words = node.sequence?.map { $0.scalar?.string }
        if key.kind.isList, let words, !words.isEmpty, !words.contains(nil) {
            return words.compactMap(\.self).joined(separator: ",")
        }
        notes.problem("\(key.name) must be \(key.kind.allowed) (\(path), line \(line))")
        return nil
    }
}

extension ConfigFileWalk {
    /// `web: any,admin` or `web: {application: any, admin: true}` → `web=any+admin`; whether that is right is looked
    /// at when it is read as a value.
    private mutating func frontEnds(_ mapping: Node.Mapping, _ line: Int) -> String? {
        guard !mapping.isEmpty else {
            notes.problem("front_ends is empty: name a broker user, or leave it out (\(path), line \(line))")
            return nil
        }
        var parts: [String] = []
        for (name, node) in mapping {
            guard let user = name.scalar?.string else { continue }
            if let scalar = node.scalar {
                parts.append("\(user)=\(scalar.string.replacing(",", with: "+"))")
            } else if let fields = node.mapping {
                parts.append("\(user)=\(scope(fields, of: user))")
            } else {
                notes.problem("front_ends.\(shown(user)) must be web, windows or any (\(path), line \(line))")
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private mutating func scope(_ fields: Node.Mapping, of user: String) -> String {
        var scope = FrontEnd.Scope.any.rawValue
        var isAdmin = false
        for (name, node) in fields {
            let place = "\(path), line \(name.mark?.line ?? 0)"
            switch (name.scalar?.string ?? "", node.scalar?.string) {
            case ("application", let text?): scope = text
            case ("admin", let text?):
                guard case .flag(let flag)? = try? ConfigKind.flag.parse(text) else {
                    notes.problem("front_ends.\(shown(user)).admin must be true or false (\(place))")
                    continue
                }
                isAdmin = flag
            case (let other, _):
                let nearest = EditDistance.nearest(to: other, in: ["application", "admin"]) ?? ""
                notes.problem(
                    "unknown key front_ends.\(shown(user)).\(shown(other)) (\(place)): did you mean \(nearest)?")
            }
        }
        return scope + (isAdmin ? "+admin" : "")
    }

    private func shown(_ name: String) -> String { LogText.escaped(name, limit: 100) }
}
