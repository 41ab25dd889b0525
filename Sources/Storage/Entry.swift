/// An entry that was found, in a memtable or a block, and what keeps it in memory.
struct Entry {
    let node: Node
    /// The block the node is in; nil for a memtable, which the snapshot's version keeps.
    let block: Block?

    var isDeletion: Bool { node.isDeletion }
    var value: [UInt8] { withExtendedLifetime(block) { node.value() } }

    func key(from start: Int) -> [UInt8] { withExtendedLifetime(block) { node.key(from: start) } }

    func hasValue(_ bytes: [UInt8]) -> Bool {
        withExtendedLifetime(block) { unsafe node.valueBytes.elementsEqual(bytes) }
    }
}
