import Glibc

/// Which event loop the calling thread runs, kept in thread-specific storage.
enum CurrentLoop {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let status = unsafe pthread_key_create(&key, nil)
        precondition(status == 0, "no thread-specific storage left")
        return key
    }()

    /// The loop of this thread; nil on threads that run none.
    static var loop: EventLoop? {
        guard let pointer = unsafe pthread_getspecific(key) else { return nil }
        // Loops live as long as the process.
        return unsafe Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
    }

    static func isCurrent(_ loop: EventLoop) -> Bool {
        unsafe pthread_getspecific(key) == Unmanaged.passUnretained(loop).toOpaque()
    }

    /// Makes `loop`, which is never freed, the loop of this thread.
    static func enter(_ loop: EventLoop) {
        _ = unsafe pthread_setspecific(key, Unmanaged.passRetained(loop).toOpaque())
    }
}
