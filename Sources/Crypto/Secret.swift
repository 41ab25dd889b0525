/// The only owner of some key bytes: never copied, zeroed at its end, printed as `<redacted>`.
@safe
public struct Secret: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable` holds because nothing writes to the storage between the initialiser and `deinit`.
    private let storage: UnsafeMutableRawBufferPointer

    /// Takes over `source` and zeroes it, so that `Secret(consume bytes)` leaves no second copy behind when nobody
    /// else shares the array.
    public init(_ source: consuming [UInt8]) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 16)
        unsafe buffer.copyBytes(from: source)
        unsafe storage = buffer
        Memory.wipe(&source)
    }

    /// Copies `source`.
    public init(copying source: RawSpan) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: source.byteCount, alignment: 16)
        unsafe source.withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
        unsafe storage = buffer
    }

    /// `byteCount` zero bytes, then whatever `fill` makes of them.
    init(byteCount: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
        unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe fill(buffer)
        unsafe storage = buffer
    }

    deinit {
        unsafe Memory.wipe(storage)
        unsafe storage.deallocate()
    }

    /// How many bytes there are.
    public var byteCount: Int { unsafe storage.count }

    /// The bytes, to be read while the secret is borrowed.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // Sound: the storage lives, unchanged, as long as `self` is borrowed.
            let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(storage))
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// What to print in its place.
    public var description: String { "<redacted>" }

    /// Another owner of the same bytes.
    public borrowing func duplicate() -> Secret { Secret(copying: bytes) }

    /// Whether both hold the same bytes; the lengths may leak, the contents do not.
    public borrowing func isEqual(to other: borrowing Secret) -> Bool { ConstantTime.isEqual(bytes, other.bytes) }

    /// A copy of the bytes for the one moment they must be shown. Wipe it with ``Memory/wipe(_:)-(inout[UInt8])``.
    public borrowing func revealed() -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }
}
