import Testing

@testable import Crypto

@Suite struct PBKDF2Tests {
    /// RFC 7914 section 11.
    @Test func `the published password has its published key`() throws {
        let key = try PBKDF2.derive(
            password: Array("passwd".utf8), salt: Array("salt".utf8), iterations: 1, count: 64)
        #expect(
            try key
                == bytes(
                    """
                    55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc
                    49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783
                    """))
    }

    @Test(arguments: [(0, 1), (10_000_001, 1), (1, 0), (1, 1 << 20 + 1), (-1, -1)])
    func `parameters outside the limits are refused`(iterations: Int, count: Int) {
        #expect(throws: CryptoError.invalidParameters) {
            try PBKDF2.derive(password: [], salt: [], iterations: iterations, count: count)
        }
    }
}
