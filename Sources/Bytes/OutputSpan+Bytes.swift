extension OutputSpan where Element == UInt8 {
    /// Appends the UTF-8 of a literal; there must be room for it.
    @inlinable @_lifetime(self: copy self)
    package mutating func append(_ literal: StaticString) {
        let count = literal.utf8CodeUnitCount
        precondition(count <= freeCapacity, "no room for the literal")
        // The literal lives for ever, and the room behind what is initialised was just checked.
        unsafe withUnsafeMutableBufferPointer { buffer, initializedCount in
            guard let start = buffer.baseAddress else { return }
            unsafe (start + initializedCount).update(from: literal.utf8Start, count: count)
            initializedCount += count
        }
    }

    /// Appends `bytes`; there must be room for them.
    @inlinable @_lifetime(self: copy self)
    package mutating func append(_ bytes: Span<UInt8>) {
        precondition(bytes.count <= freeCapacity, "no room for the bytes")
        // The span is alive during the call, and the room behind what is initialised was just checked.
        unsafe withUnsafeMutableBufferPointer { buffer, initializedCount in
            unsafe bytes.withUnsafeBufferPointer { source in
                guard let start = buffer.baseAddress, let from = source.baseAddress else { return }
                unsafe (start + initializedCount).update(from: from, count: source.count)
                initializedCount += source.count
            }
        }
    }
}
