import Bytes
import Testing

/// The inputs that fuzzing kept, once more.
@Suite struct FuzzCorpusTests {
    private func replay(_ name: String, _ run: ([UInt8]) -> Void) throws {
        let lines = DataFile.contents(name + ".txt").split(separator: UInt8(ascii: "\n"))
        #expect(lines.count > 20)
        for line in lines {
            let input = Base64.decode(Array(line).span)
            run(try #require(input))
        }
    }

    @Test func `certificates`() throws { try replay("CertificateFuzz", CertificateFuzz.run) }

    @Test func `encodings`() throws { try replay("DERFuzz", DERFuzz.run) }
}
