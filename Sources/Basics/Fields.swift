extension StringProtocol {
    /// The parts between separators, as a store's columns and our own lines have them.
    ///
    /// By bytes: splitting by characters finds the borders of each first, which costs a job more than what the parts are for.
    ///
    /// - Parameters:
    ///   - separator: one byte of ASCII.
    ///   - keepsEmpty: whether two separators in a row have an empty part between them.
    package func fields(separatedBy separator: UInt8, keepsEmpty: Bool = false) -> [String] {
        var text = String(self)
        return text.withUTF8 { bytes in
            var parts: [String] = []
            parts.reserveCapacity(8)
            var rest = bytes[...]
            while let end = rest.firstIndex(of: separator) {
                if end > rest.startIndex || keepsEmpty {
                    parts.append(String(decoding: rest[..<end], as: UTF8.self))
                }
                rest = rest[(end + 1)...]
            }
            if !rest.isEmpty || keepsEmpty { parts.append(String(decoding: rest, as: UTF8.self)) }
            return parts
        }
    }
}
