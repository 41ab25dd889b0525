import Bytes
import Fields
import Storage

/// A key of 16 bytes and a value, without indexes: what key-value stores are measured with.
struct StoragePair: Entity {
    static let tableNumber: UInt8 = 201
    static let name: StaticString = "storage_pair"

    var key: [UInt8] = []
    var value = ""

    init() {}

    init(_ number: Int, value: String) {
        key = Self.key(number)
        self.value = value
    }

    /// As the values of db_bench: half of their bytes can be compressed away.
    static func value(byteCount: Int, seed: UInt64) -> String {
        var state = seed
        var bytes: [UInt8] = []
        while bytes.count < byteCount {
            state = StorageItem.mix(state)
            for shift in 0..<8 { bytes.append(0x40 + UInt8(truncatingIfNeeded: state >> UInt64(8 * shift)) & 15) }
        }
        return String(decoding: bytes[..<byteCount], as: UTF8.self)
    }

    static func key(_ number: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0x30, count: 16)
        for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: number >> (56 - 8 * index)) }
        return bytes
    }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        // The key is not stored twice.
        try visitor.stored(1, &value)
    }

    var primaryKey: Key { Key(FixedBytes(key)) }
}
