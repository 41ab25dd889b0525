import Glibc
import Runtime

extension NetworkError {
    /// The reason of a refused system call.
    init(errno number: CInt) {
        self =
            switch number {
            case ECONNREFUSED, ENOENT: .refused
            case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EADDRNOTAVAIL, EAFNOSUPPORT: .unreachable
            case EADDRINUSE: .addressInUse
            case EACCES, EPERM: .permissionDenied
            case ECONNRESET, EPIPE, ECONNABORTED, ENOTCONN, ETIMEDOUT, ESHUTDOWN: .closed
            case EMFILE, ENFILE, ENOBUFS, ENOMEM, ENOSPC: .exhausted
            default: .other(number)
            }
    }
}
