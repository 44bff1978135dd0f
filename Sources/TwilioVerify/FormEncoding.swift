import Basics

/// Percent-encoding for forms and queries.
enum FormEncoding {
    static func encode(_ fields: [(String, String)]) -> String {
        String(decoding: bytes(fields), as: UTF8.self)
    }

    static func bytes(_ fields: [(String, String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.reduce(0) { $0 + $1.0.utf8.count + 3 * $1.1.utf8.count + 2 })
        for (name, value) in fields {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
            PercentEncoding.escape(name, into: &bytes)
            bytes.append(UInt8(ascii: "="))
            PercentEncoding.escape(value, into: &bytes)
        }
        return bytes
    }
}
