package import X509

/// The key and certificates with which the peer signs its notices.
package struct PayPalPeerSigner: Sendable {
    package let key: PrivateKey
    /// The certificate of the key first, then those above it.
    package let chain: [Certificate]
    /// The root that has to be trusted.
    package let root: Certificate
    let random: @Sendable (Int) -> [UInt8]

    /// Certificates for one day before and ten years after `now`.
    package init(now: Int64, random: @escaping @Sendable (Int) -> [UInt8]) throws(CertificateError) {
        let key = try PrivateKey(pem: Array(Self.pem.utf8), random: random)
        let rootKey = try PrivateKey(random: random)
        let (rootName, leafName) = (
            DistinguishedName(commonName: "Root of the peer"),
            DistinguishedName(commonName: "messageverificationcerts.paypal.example")
        )
        let (start, end) = (now - 86_400, now + 315_360_000)
        let rootTemplate = CertificateTemplate(
            serialNumber: [1], issuer: rootName, subject: rootName, notBefore: start, notAfter: end,
            extensions: [.basicConstraints(BasicConstraints(isAuthority: true))])
        let root = try rootTemplate.issue(for: rootKey.subjectPublicKeyInfo, by: rootKey, random: random)
        let leafTemplate = CertificateTemplate(
            serialNumber: [2], issuer: rootName, subject: leafName, notBefore: start, notAfter: end,
            extensions: [.basicConstraints(BasicConstraints(isAuthority: false)), .keyUsage(.digitalSignature)])
        self.key = key
        self.random = random
        self.root = root
        chain = [try leafTemplate.issue(for: key.subjectPublicKeyInfo, by: rootKey, random: random)]
    }

    /// Made for this peer alone; it protects nothing.
    private static let pem = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC0KvfS569QQnV7
        zOb8UvvHKu4AKmReK98s1BIO3A9uM0k78/nHau/oT5gy3Qbr4850Yn/RoPoC+3UM
        VPitJrNd04VEk8oL05nITeFp4zzbCHgd8xHLX9MNZZh1iVqdFrD1e3j/EXgqr/AG
        A7E7ichtqZ4n4CXLjvsSdN/pOHd/cmIZ1Io4jKXkqclPS7TJ3OWJ2SoARVi5q6Xi
        4xF7EX8WSDg5rhx5xwbX1NVGoTscv6E6UhMjp1jPZX0N0vOxWGqhiCUjKnMnXZIc
        6mt1sg8NJohfRJOEkGxRcVUsCfSFp1UrlzLw5MfRG3hn/l09Yiaqwo1x4Wc83DCu
        aB3ukJBzAgMBAAECggEAJL2IaSFm/lp3I8ZeqkDv6Ccofq8mZY/TxIwAnLgii2n4
        +rlfi9uSTdEBbAnnse30OYamoySNJ1OJBHlFduXn+O+8AwaSUsQVXaQIHjRBQjdh
        a1YYoF0LqHU52GooqNUqQ/0oaPdyhl33d/qDx2zrCvXmcyJCAtdG+vYLfT9PGxVr
        OZOIhf453j/TpmWHuxrFc4RmP/4btdv3Bj5OBIXIw6Ze/x45m8kLBjq433XPENgF
        Z1Dnisnsu7GdZAzE9hiWVOYL0kaeA+D/SPOkoAoKyo0yTgogfBMVk0M1N2ApOiBG
        YxEBVhNzxiGzJlILSotTH7CiH3yecABg0g4gvwszEQKBgQD5dlKK28LmOkwcwD+1
        SBb0uZ7SECt3eOJqN3k4n3Lzg+YnBFT7Wo4IUU8CqzLgoa8TQShJqIEj0+GYE6/I
        D3UhWfcBuq+hoQHGTGzpBhNBFBQEKjzUi7haUlwMEOOF3CUcZMhovbqWdqbSvKfX
        jhbKuuhC1CVEXVoXimCcD648wwKBgQC4471qRGr4pxsVNYV/SfH8ryFq3YXzJQlP
        PgL89Y8tXiAB85MPXWg8E1jkY6g6/wX55Z5213piWW+qNx1u6HlSKITHaycw1Oxq
        OqZgLtf+6amFEv4joP8xJU/B3lqSIdKWV+Q59Z+Fe0JtJE8gS2DlXaVBFYlgVwL3
        6F8R1BTikQKBgFIjlpwoLi12ZpdU6eU73msoL1ZFgrps8Eg/CcgOIGB0PrT8JSs6
        LugoNZbQXgk+05HIc4aFWDg+zNoxKUD7bfrUT5OfL7NNe3MauQWlPXPBM7IHYk4t
        zz7WPX6vlOr/iKyntqFeT3C5ksZy3eUI4RJRpqZSig7PmhmEM7lPJHTXAoGBAJwG
        xLBLMKLKEpbhZdk3g9kjyeWvL/0ywhp3UHo8mClHB2feL7qFrxMTmK6UU0IGOPrc
        hc/wo70fkJZqkJIp6UgmHXdUu+v/o8s513HP1kOu2HoOvx0+Hl1RCW+nv3MWy+pI
        Hbezyn0Qucv1Gjk8o3asgmrcS+RbSYwAM0qOWVmhAoGBAMW3tuAnykjfLgfGz4/D
        hrljvkFlSV5rUorL8a2STobnBFEX2QyhfImTHYEYsffM266Jm66LG8z4UHzs1AvR
        CMz3d8w/MP5jwEbJvh7zt7DKRVZnjF5NRdDi9JOcZMo6/HKoZOGiKSWRICRU8+8b
        2sDhR2dVSKS/bGpdJ1YxJNfj
        -----END PRIVATE KEY-----
        """
}
