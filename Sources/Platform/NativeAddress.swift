import CLinux
import Glibc
import Runtime

/// A socket address as the system reads and writes it.
struct NativeAddress {
    private var storage = sockaddr_storage()
    private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    /// Room for the system to write an address into.
    init() {}

    /// Nil for a Unix path that is empty, longer than 107 bytes or holds a zero byte.
    init?(_ address: SocketAddress) {
        switch address {
        case .ip(.v4(let value), let port):
            var native = sockaddr_in()
            native.sin_family = sa_family_t(AF_INET)
            native.sin_port = port.bigEndian
            native.sin_addr.s_addr = value.bigEndian
            fill(with: native)
        case .ip(.v6(let high, let low), let port):
            var native = sockaddr_in6()
            native.sin6_family = sa_family_t(AF_INET6)
            native.sin6_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &native.sin6_addr) { bytes in
                unsafe bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
                unsafe bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            fill(with: native)
        case .unix(let path):
            let bytes = Array(path.utf8)
            guard (1...107).contains(bytes.count), !bytes.contains(0) else { return nil }
            var native = sockaddr_un()
            native.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &native.sun_path) { unsafe $0.copyBytes(from: bytes) }
            fill(with: native)
        }
    }

    /// Calls `body` with the address and its length.
    @safe func withPointer<Outcome>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Outcome) -> Outcome {
        unsafe withUnsafeBytes(of: storage) { bytes in
            // The storage is aligned for, and as large as, every kind of address.
            guard let base = bytes.baseAddress else { preconditionFailure("an address without storage") }
            return unsafe body(base.assumingMemoryBound(to: sockaddr.self), length)
        }
    }

    /// Calls `body`, which writes an address and its length.
    @safe mutating func withMutablePointer<Outcome>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Outcome
    ) -> Outcome {
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("an address without storage") }
            return unsafe body(base.assumingMemoryBound(to: sockaddr.self), &length)
        }
    }

    /// The address; IPv4 mapped into IPv6 comes out as IPv4. A nameless Unix peer has an empty path.
    var address: SocketAddress {
        unsafe withUnsafeBytes(of: storage) { bytes in
            func bigEndian<Value: FixedWidthInteger>(_ offset: Int, _: Value.Type) -> Value {
                unsafe Value(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
            }
            switch CInt(storage.ss_family) {
            case AF_INET: return .ip(.v4(bigEndian(4, UInt32.self)), port: bigEndian(2, UInt16.self))
            case AF_INET6:
                let address = IPAddress.v6(high: bigEndian(8, UInt64.self), low: bigEndian(16, UInt64.self))
                return .ip(address.unmapped, port: bigEndian(2, UInt16.self))
            default:
                let path = unsafe bytes.prefix(min(Int(length), bytes.count)).dropFirst(2).prefix { $0 != 0 }
                return unsafe .unix(path: String(decoding: path, as: UTF8.self))
            }
        }
    }

    private mutating func fill<Native>(with native: Native) {
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe withUnsafeBytes(of: native) { unsafe bytes.copyMemory(from: $0) }
        }
        length = socklen_t(MemoryLayout<Native>.size)
    }
}
