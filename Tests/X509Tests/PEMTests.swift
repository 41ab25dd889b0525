import Testing
import X509

@Suite struct PEMTests {
    private func blocks(_ text: String) -> [PEM.Block] { PEM.blocks(in: Array(text.utf8)) }

    @Test func `what was written is read`() throws {
        for count in [0, 1, 47, 48, 49, 200] {
            let bytes = Randomness.bytes(count)
            let text = PEM.encode("CERTIFICATE", bytes)
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 64 })
            let read = try PEM.decode(Array(text.utf8))
            #expect(read.count == 1 && read[0].label == "CERTIFICATE" && read[0].der == bytes)
        }
    }

    @Test(arguments: [
        "-----BEGIN X-----\nAQID\n-----END X-----\n", "-----BEGIN X-----\r\nAQID\r\n-----END X-----\r\n",
        "-----BEGIN X-----\rAQID\r-----END X-----", " \t-----BEGIN X----- \n A Q\n\n\tID \n -----END X-----",
        "text before\n-----BEGIN X-----\nAQID\n-----END X-----\ntext behind",
        "-----BEGIN Y-----\nAAAA\n-----BEGIN X-----\nAQID\n-----END X-----",
    ])
    func `blanks, line ends and text around do not matter`(text: String) {
        #expect(blocks(text).map(\.label) == ["X"])
        #expect(blocks(text).first?.der == [1, 2, 3])
    }

    @Test func `blocks come in their order, and broken ones are known`() {
        let text =
            "-----BEGIN A-----\nAQ==\n-----END A-----\n-----BEGIN B-----\nA*==\n-----END B-----\n"
            + "-----BEGIN C-----\nProc-Type: 4,ENCRYPTED\n\nAQ==\n-----END C-----\n-----BEGIN A-----\nAg==\n-----END A-----"
        let found = blocks(text)
        #expect(found.map(\.label) == ["A", "B", "C", "A"])
        #expect(found.map(\.der) == [[1], nil, nil, [2]])
        #expect(found.map(\.hasHeaders) == [false, false, true, false])
        #expect(throws: CertificateError.malformed("the base 64 of B")) { try PEM.decode(Array(text.utf8)) }
    }

    @Test(arguments: [
        "", "AQID", "-----BEGIN X-----\nAQID", "-----BEGIN X-----\nAQID\n-----END Y-----", "-----END X-----",
        "-----BEGIN -----", "----BEGIN X-----\nAQID\n-----END X-----",
    ])
    func `what is no block is skipped`(text: String) {
        #expect(blocks(text).isEmpty)
    }
}
