import Bytes
import Testing

@Suite struct CRC32Tests {
    @Test(arguments: [("", 0), ("a", 0xe8b7_be43), ("123456789", 0xcbf4_3926)] as [(String, UInt32)])
    func `published checksums are met`(text: String, checksum: UInt32) {
        #expect(CRC32.checksum(Array(text.utf8)) == checksum)
    }
}
