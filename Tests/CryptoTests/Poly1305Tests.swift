import Testing

@testable import Crypto

@Suite struct Poly1305Tests {
    /// RFC 8439 section 2.5.2 and appendix A.3, the cases that are about carries (7 to 11): key, message, tag.
    static let vectors: [(key: String, message: String, tag: String)] = [
        (
            "85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b",
            "43727970746f6772617068696320466f72756d2052657365617263682047726f7570",
            "a8061dc1305136c6c22b8baf0c0127a9"
        ),
        (
            "02" + String(repeating: "00", count: 31), String(repeating: "ff", count: 16),
            "03000000000000000000000000000000"
        ),
        (
            "02" + String(repeating: "00", count: 15) + String(repeating: "ff", count: 16),
            "02000000000000000000000000000000", "03000000000000000000000000000000"
        ),
        (
            "01" + String(repeating: "00", count: 31),
            "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000",
            "05000000000000000000000000000000"
        ),
        (
            "01" + String(repeating: "00", count: 31),
            "fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe01010101010101010101010101010101",
            "00000000000000000000000000000000"
        ),
        (
            "02" + String(repeating: "00", count: 31), "fdffffffffffffffffffffffffffffff",
            "faffffffffffffffffffffffffffffff"
        ),
        (
            "0100000000000000040000000000000000000000000000000000000000000000",
            """
            e33594d7505e43b900000000000000003394d7505e4379cd0100000000000000
            0000000000000000000000000000000001000000000000000000000000000000
            """, "14000000000000005500000000000000"
        ),
        (
            "0100000000000000040000000000000000000000000000000000000000000000",
            """
            e33594d7505e43b900000000000000003394d7505e4379cd0100000000000000
            00000000000000000000000000000000
            """, "13000000000000000000000000000000"
        ),
    ]

    @Test(arguments: vectors)
    func `a published message has its published tag`(key: String, message: String, tag: String) throws {
        let expected = try bytes(tag)
        let message = try bytes(message)
        var whole = try Poly1305(key: bytes(key))
        whole.update(message)
        #expect(whole.finalize().bytes == expected)
        for step in 1...20 {
            var pieces = try Poly1305(key: bytes(key))
            for start in stride(from: 0, to: message.count, by: step) {
                pieces.update(Array(message[start..<min(message.count, start + step)]))
            }
            #expect(pieces.finalize().bytes == expected)
        }
    }
}
