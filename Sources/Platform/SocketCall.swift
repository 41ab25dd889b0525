import CLinux
import Glibc
import Runtime

/// The system calls that make sockets.
enum SocketCall {
    // Numbers of the kernel's interface that the headers hide in enumerations.
    static let nonBlocking: CInt = 0o4000
    static let closeOnExec: CInt = 0o2000000
    static let noSignal: CInt = 0x4000
    static let stream: CInt = 1
    static let datagram: CInt = 2
    private static let tcp: CInt = 6
    private static let tcpNoDelay: CInt = 1
    private static let ipv6: CInt = 41
    private static let ipv6Only: CInt = 26

    /// A new non-blocking socket of the family of `address`.
    static func open(for address: SocketAddress, kind: CInt) throws(NetworkError) -> CInt {
        let family =
            switch address {
            case .ip(.v4, _): AF_INET
            case .ip(.v6, _): AF_INET6
            case .unix: AF_UNIX
            }
        let descriptor = socket(family, kind | nonBlocking | closeOnExec, 0)
        guard descriptor >= 0 else { throw NetworkError(errno: errno) }
        return descriptor
    }

    static func bind(_ descriptor: CInt, to address: NativeAddress) -> CInt {
        address.withPointer { pointer, length in unsafe Glibc.bind(descriptor, pointer, length) }
    }

    static func connect(_ descriptor: CInt, to address: NativeAddress) -> CInt {
        address.withPointer { pointer, length in unsafe Glibc.connect(descriptor, pointer, length) }
    }

    /// The address `descriptor` is bound to.
    static func localAddress(of descriptor: CInt) -> SocketAddress {
        var address = NativeAddress()
        _ = address.withMutablePointer { unsafe getsockname(descriptor, $0, $1) }
        return address.address
    }

    /// The error waiting on the socket, which is cleared; 0 for none.
    static func pendingError(of descriptor: CInt) -> CInt {
        var number: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length) == 0 else { return errno }
        return number
    }

    /// Small answers leave at once.
    static func disableDelay(_ descriptor: CInt) {
        set(descriptor, level: tcp, option: tcpNoDelay, to: 1)
    }

    static func reuseAddress(_ descriptor: CInt) {
        set(descriptor, level: SOL_SOCKET, option: SO_REUSEADDR, to: 1)
    }

    /// Lets a listener on `::` take IPv4 too.
    static func acceptBothFamilies(_ descriptor: CInt) {
        set(descriptor, level: ipv6, option: ipv6Only, to: 0)
    }

    private static func set(_ descriptor: CInt, level: CInt, option: CInt, to value: CInt) {
        var value = value
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }
}
