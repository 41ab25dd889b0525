extension Span<UInt8> {
    /// The memory of the bytes.
    var raw: RawSpan {
        @inline(__always)
        @_lifetime(copy self)
        get {
            // Sound: a byte has no padding.
            unsafe bytes
        }
    }
}
