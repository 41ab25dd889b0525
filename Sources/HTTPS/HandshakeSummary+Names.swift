package import TLS
import X509

extension HandshakeSummary {
    /// Such as `TLS 1.3`.
    package var versionName: String {
        switch version {
        case .tls12: "TLS 1.2"
        case .tls13: "TLS 1.3"
        }
    }

    /// The suite's name in IANA's registry.
    package var cipherSuiteName: String {
        switch cipherSuite {
        case .chaCha20Poly1305SHA256: "TLS_CHACHA20_POLY1305_SHA256"
        case .aes128GCMSHA256: "TLS_AES_128_GCM_SHA256"
        case .aes256GCMSHA384: "TLS_AES_256_GCM_SHA384"
        case .ecdheECDSAChaCha20Poly1305SHA256: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
        case .ecdheRSAChaCha20Poly1305SHA256: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
        case .ecdheECDSAAES128GCMSHA256: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
        case .ecdheRSAAES128GCMSHA256: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
        case .ecdheECDSAAES256GCMSHA384: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
        case .ecdheRSAAES256GCMSHA384: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
        }
    }

    /// The group's name in IANA's registry.
    package var groupName: String {
        switch group {
        case .x25519: "x25519"
        case .secp256r1: "secp256r1"
        }
    }

    /// What the server signed with, by its name in IANA's registry; nil in a resumed session.
    package var signatureName: String? {
        guard let signatureScheme else { return nil }
        return switch signatureScheme {
        case .ecdsaP256SHA256: "ecdsa_secp256r1_sha256"
        case .ecdsaP384SHA384: "ecdsa_secp384r1_sha384"
        case .ecdsaSHA512: "ecdsa_secp521r1_sha512"
        case .rsaPSSSHA256: "rsa_pss_rsae_sha256"
        case .rsaPSSSHA384: "rsa_pss_rsae_sha384"
        case .rsaPSSSHA512: "rsa_pss_rsae_sha512"
        case .rsaPSSOnlySHA256: "rsa_pss_pss_sha256"
        case .rsaPSSOnlySHA384: "rsa_pss_pss_sha384"
        case .rsaPSSOnlySHA512: "rsa_pss_pss_sha512"
        case .rsaPKCS1SHA256: "rsa_pkcs1_sha256"
        case .rsaPKCS1SHA384: "rsa_pkcs1_sha384"
        case .rsaPKCS1SHA512: "rsa_pkcs1_sha512"
        case .ed25519: "ed25519"
        }
    }
}
