import FoundationEssentials

extension ConfigLayer {
    /// Files named by variables, then those of a directory of secrets.
    static func secretFiles(
        _ environment: [String: String], directory: String?, _ notes: inout ConfigNotes
    ) -> ConfigLayer {
        var values: [String: String] = [:]
        var files: [String: SecretFile.Origin] = [:]
        for key in ConfigKey.all {
            let named = environment[key.fileVariable].flatMap { isSet($0) ? $0 : nil }
            // Both forms at once: that is said already.
            if named != nil, isSet(environment[key.environmentName]) { continue }
            let beside = directory.map { "\($0)/\(key.secretFileName)" }
            guard let path = named ?? beside.flatMap({ FileStamp(path: $0) == nil ? nil : $0 }) else { continue }
            let from = named == nil ? "" : ", named by \(key.fileVariable),"
            do {
                let file = try SecretFile.read(path)
                values[key.name] = file.text
                files[key.name] = file.origin
                for warning in file.warnings { notes.warn("\(path)\(from) \(warning)") }
            } catch {
                notes.problem("\(key.name): \(path)\(from) \(error.message)")
            }
        }
        if let directory { warnOfMistyped(directory, &notes) }
        return ConfigLayer(.secretFile, provider(.secretFile, values), files: files) { [files] in
            files[$0.name]?.path ?? ""
        }
    }

    /// Others' secrets may lie there too, so that only what is nearly one of ours is worth a word.
    private static func warnOfMistyped(_ directory: String, _ notes: inout ConfigNotes) {
        let known = ConfigKey.all.map(\.secretFileName)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names.sorted() where !known.contains(name) {
            guard let nearest = EditDistance.nearest(to: name, in: known),
                EditDistance.between(Array(nearest.utf8), Array(name.utf8.prefix(100))) <= 2
            else { continue }
            notes.warn("\(directory)/\(shown(name)) is read by nobody: did you mean \(nearest)?")
        }
    }
}
