import Synchronization

/// One entry of a skip list, in the list's arena; valid as long as the list.
///
/// The address points at the number. Above it: the byte counts of key and value, the key padded to words, the value.
/// Below it: one link for each level, the lowest nearest.
@safe struct Node: Equatable {
    static let deletedMark = UInt32.max
    static let headByteCount = 16

    let address: UnsafeMutableRawPointer

    init(_ address: UnsafeMutableRawPointer) {
        unsafe self.address = unsafe address
    }

    /// The transaction that wrote the entry.
    var number: UInt64 {
        @inline(__always) get { unsafe address.load(as: UInt64.self) }
    }

    var keyByteCount: Int {
        @inline(__always) get { unsafe Int(address.load(fromByteOffset: 8, as: UInt32.self)) }
    }

    private var valueMark: UInt32 {
        @inline(__always) get { unsafe address.load(fromByteOffset: 12, as: UInt32.self) }
    }

    var isDeletion: Bool { valueMark == Self.deletedMark }
    var valueByteCount: Int { isDeletion ? 0 : Int(valueMark) }

    /// The key, to be compared within this call.
    var words: KeyWords {
        @inline(__always) get {
            unsafe KeyWords(base: UnsafeRawPointer(address + Self.headByteCount), count: keyByteCount)
        }
    }

    var keyBytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: address + Self.headByteCount, count: keyByteCount)
    }

    var valueBytes: UnsafeRawBufferPointer {
        let offset = Self.headByteCount + (keyByteCount + 7) & ~7
        return unsafe UnsafeRawBufferPointer(start: address + offset, count: valueByteCount)
    }

    /// A copy of the key from byte `start` on.
    func key(from start: Int) -> [UInt8] {
        unsafe [UInt8](keyBytes[start...])
    }

    func value() -> [UInt8] {
        unsafe [UInt8](valueBytes)
    }

    /// Whether the key begins with `prefix`.
    func hasPrefix(_ prefix: ArraySlice<UInt8>) -> Bool {
        guard keyByteCount >= prefix.count else { return false }
        return unsafe keyBytes.starts(with: prefix)
    }

    /// Negative, zero or positive as this node's key is below, equal to or above `key`.
    @inline(__always)
    func compare(_ key: KeyWords) -> Int {
        words.compare(key)
    }

    private func link(_ level: Int) -> UnsafeMutablePointer<Atomic<UInt>> {
        unsafe (address - 8 * (level + 1)).assumingMemoryBound(to: Atomic<UInt>.self)
    }

    @inline(__always)
    func next(at level: Int) -> Node? {
        let bits = unsafe link(level).pointee.load(ordering: .acquiring)
        guard let address = unsafe UnsafeMutableRawPointer(bitPattern: bits) else { return nil }
        return unsafe Node(address)
    }

    /// Before publication: the writer sets this node's own link.
    func setLink(_ successor: Node?, at level: Int) {
        let bits = successor.map { unsafe UInt(bitPattern: $0.address) } ?? 0
        unsafe link(level).initialize(to: Atomic(bits))
    }

    /// Publishes `node` as the next one at `level`.
    func publish(_ node: Node, at level: Int) {
        unsafe link(level).pointee.store(UInt(bitPattern: node.address), ordering: .releasing)
    }

    static func == (left: Node, right: Node) -> Bool {
        unsafe left.address == right.address
    }
}
