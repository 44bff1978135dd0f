import TestKit

extension Sample {
    /// Replaces, removes, renames and adds members, and puts them in another order.
    ///
    /// - Parameter spared: The member that stays as it is.
    static func mutate(
        _ members: inout [(String, JSONTree)], sparing spared: String? = nil, _ generator: inout Seeded
    ) {
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            let index = Int.random(in: 0..<members.count, using: &generator)
            if members[index].0 == spared { continue }
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: members[index].1 = .random(2, &generator)
            case 1: members.remove(at: index)
            case 2: members[index].0 += "_"
            default: members.append(("new\(Int.random(in: 0..<9, using: &generator))", .random(3, &generator)))
            }
        }
        members.shuffle(using: &generator)
    }

    /// Whether both say the same under these names, the first time each stands there.
    static func agree(_ some: [(String, JSONTree)], _ others: [(String, JSONTree)], on names: [String]) -> Bool {
        names.allSatisfy { name in
            some.first { $0.0 == name }?.1 == others.first { $0.0 == name }?.1
        }
    }
}
