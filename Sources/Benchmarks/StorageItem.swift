import Fields
import Storage

/// A record of about 500 bytes with six index entries, like a payment: its primary key follows time, three of its
/// index keys come in no order.
struct StorageItem: Entity {
    static let tableNumber: UInt8 = 200
    static let name: StaticString = "storage_item"
    static let byReference = Index<StorageItem>(1, isUnique: true)
    static let byCustomer = Index<StorageItem>(2)
    static let byStatus = Index<StorageItem>(3)
    static let byCreated = Index<StorageItem>(4)
    static let byAmount = Index<StorageItem>(5)
    static let byEmail = Index<StorageItem>(6)

    var id: Int64 = 0
    var customer: Int64 = 0
    var created: Int64 = 0
    var status: Int64 = 0
    var amount: Int64 = 0
    var reference = ""
    var email = ""
    var text = ""

    init() {}

    /// Item `number`: always the same for a number.
    init(_ number: Int) {
        let first = Self.mix(UInt64(number) &+ 1)
        let second = Self.mix(first)
        id = Int64(number)
        customer = Int64(first % 200_000)
        created = 1_700_000_000_000 + Int64(number)
        status = Int64(second % 5)
        amount = Int64(second >> 8 % 1_000_000)
        reference = "ref_" + String(first, radix: 36)
        email = "buyer\(second % 1_000_000)@example.com"
        var state = second
        var bytes: [UInt8] = []
        bytes.reserveCapacity(432)
        while bytes.count < 420 {
            state = Self.mix(state)
            for shift in 0..<8 { bytes.append(0x61 + UInt8(truncatingIfNeeded: state >> UInt64(8 * shift)) & 15) }
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.stored(1, &id)
        try visitor.stored(2, &customer)
        try visitor.stored(3, &created)
        try visitor.stored(4, &status)
        try visitor.stored(5, &amount)
        try visitor.stored(6, &reference)
        try visitor.stored(7, &email)
        try visitor.stored(8, &text)
    }

    var primaryKey: Key { Key(id) }

    func indexEntries(into entries: inout IndexEntries) {
        entries.add(Self.byReference, Key(reference))
        entries.add(Self.byCustomer, Key(customer, Descending(created)))
        entries.add(Self.byStatus, Key(status, Descending(created)))
        entries.add(Self.byCreated, Key(created))
        entries.add(Self.byAmount, Key(amount))
        entries.add(Self.byEmail, Key(email))
    }

    /// The finalizer of SplitMix64.
    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &* 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
