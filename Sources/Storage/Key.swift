/// An order-preserving tuple: comparing the bytes of two keys compares their parts one after another.
///
/// A key has at most 1,024 bytes; a longer one makes the read or transaction that uses it fail with `tooLarge`.
package struct Key: Sendable, Hashable, Comparable {
    /// The longest key, table and index included.
    package static let maxByteCount = 1024

    package var bytes: [UInt8]

    /// The empty key, which is a prefix of every other.
    package init() {
        bytes = []
    }

    /// A key of exactly these bytes, such as a cursor that was handed out before.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ first: some KeyPart) {
        self.init(reserving: 40)
        first.append(to: &self)
    }

    package init(_ first: some KeyPart, _ second: some KeyPart) {
        self.init(reserving: 56)
        first.append(to: &self)
        second.append(to: &self)
    }

    package init(_ first: some KeyPart, _ second: some KeyPart, _ third: some KeyPart) {
        self.init(reserving: 72)
        first.append(to: &self)
        second.append(to: &self)
        third.append(to: &self)
    }

    package init(_ first: some KeyPart, _ second: some KeyPart, _ third: some KeyPart, _ fourth: some KeyPart) {
        self.init(reserving: 88)
        first.append(to: &self)
        second.append(to: &self)
        third.append(to: &self)
        fourth.append(to: &self)
    }

    private init(reserving byteCount: Int) {
        bytes = []
        bytes.reserveCapacity(byteCount)
    }

    package mutating func append(_ part: some KeyPart) {
        part.append(to: &self)
    }

    package func adding(_ part: some KeyPart) -> Key {
        var key = self
        part.append(to: &key)
        return key
    }

    package var isEmpty: Bool { bytes.isEmpty }

    /// The smallest key above every key that begins with this one, nil when there is none (all bytes 0xff).
    package var prefixEnd: Key? {
        var end = bytes
        while let last = end.popLast() {
            if last < 0xff {
                end.append(last + 1)
                return Key(bytes: end)
            }
        }
        return nil
    }

    package func hasPrefix(_ prefix: Key) -> Bool {
        bytes.starts(with: prefix.bytes)
    }

    package static func < (left: Key, right: Key) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
