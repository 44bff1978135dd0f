import Basics

extension StoreRows {
    /// Each taken one is put off at once: it is the taker's until then, and tried again if nobody says that it is done.
    package mutating func takeDueChores(limit: Int) throws(Failure) -> [ProviderChoreRow] {
        let now = clocks.wall()
        var taken = try dueChores(at: now, limit: limit)
        for index in taken.indices {
            taken[index].tries += 1
            taken[index].dueAt = now + ProviderChoreRow.pause(after: taken[index].tries)
            try put(taken[index])
        }
        return taken
    }
}
