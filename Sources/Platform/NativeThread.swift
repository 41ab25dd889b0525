import CLinux
import Glibc

/// Starting threads of the system.
enum NativeThread {
    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a detached thread that runs `body`.
    ///
    /// - Parameter stackByteCount: Address space for its stack; memory is taken only as it is touched.
    static func start(_ name: StaticString, stackByteCount: Int, _ body: @escaping @Sendable () -> Void) {
        let start = Start {
            name.withUTF8Buffer { bytes in
                // The system takes at most 15 bytes.
                let text = unsafe String(decoding: bytes.prefix(15), as: UTF8.self)
                _ = unsafe pthread_setname_np(pthread_self(), text)
            }
            body()
        }
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setstacksize(&attributes, stackByteCount)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                }
                return nil
            }, Unmanaged.passRetained(start).toOpaque())
        unsafe pthread_attr_destroy(&attributes)
        precondition(status == 0, "the system refused a thread: error \(status)")
    }
}
