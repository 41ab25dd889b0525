import Crypto
import Runtime

/// What tells the machine that the data is served on from others.
enum MachineIdentity {
    private static let path = "/etc/machine-id"
    private static let byteLimit = 256

    /// A hash of the machine's identity, which itself is kept from others (machine-id(5)); empty where there is none,
    /// as in many containers.
    static func read(_ files: any FileSystem) -> [UInt8] {
        guard let file = try? files.open(path, .readOnly) else { return [] }
        defer { file.close() }
        guard let bytes = try? file.read(at: 0, count: byteLimit) else { return [] }
        let identity = bytes.filter { $0 > 0x20 }
        guard identity.count >= 32 else { return [] }
        return Array(SHA256.hash(Array("centralpay machine ".utf8) + identity).prefix(16))
    }
}
