import Glibc
import Runtime

extension FileError {
    init(errno number: CInt, operation: StaticString, path: String) {
        let reason: Reason =
            switch number {
            case ENOENT: .notFound
            case EEXIST: .alreadyExists
            case ENOSPC, EDQUOT: .noSpace
            case EACCES, EPERM: .permissionDenied
            case EROFS: .readOnly
            case EBUSY, EWOULDBLOCK, ETXTBSY: .isBusy
            case EIO: .inputOutput
            case ENOTDIR: .notADirectory
            default: .other(number)
            }
        self.init(reason, operation: operation, path: path)
    }
}
