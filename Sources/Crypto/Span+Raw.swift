extension Span where Element: FixedWidthInteger & BitwiseCopyable {
    /// The memory of the integers as bytes.
    var raw: RawSpan {
        @inline(__always)
        @_lifetime(copy self)
        get {
            // Sound: an integer has no padding, so every byte is initialised.
            unsafe bytes
        }
    }
}
