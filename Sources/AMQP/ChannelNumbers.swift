/// Hands out channel numbers, always the lowest that is free: each number that was ever used costs the library a page
/// of 128 KiB for as long as the connection lives.
struct ChannelNumbers {
    /// The highest number that the broker agreed to.
    let limit: UInt16
    private var taken: Set<UInt16> = []

    init(limit: UInt16) {
        self.limit = limit
    }

    var isAnyFree: Bool { taken.count < Int(limit) }

    mutating func take() -> UInt16? {
        guard limit > 0, let number = (1...limit).first(where: { !taken.contains($0) }) else { return nil }
        taken.insert(number)
        return number
    }

    mutating func release(_ number: UInt16) {
        taken.remove(number)
    }
}
