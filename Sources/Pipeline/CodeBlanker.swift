/// Takes codes out of a body that is kept for an operator: no code is ever stored, not even a mistyped one.
enum CodeBlanker {
    /// Replaces every run of three or more ASCII digits by `#`. It works on bytes, since a malformed body has no
    /// fields to go by; numbers lose their digits too, which the mask would hide anyway.
    static func blank(_ body: [UInt8]) -> [UInt8] {
        var result = body
        var run = 0
        for index in 0...body.count {
            if index < body.count, (0x30...0x39).contains(body[index]) {
                run += 1
                continue
            }
            if run >= 3 {
                for position in (index - run)..<index { result[position] = UInt8(ascii: "#") }
            }
            run = 0
        }
        return result
    }
}
