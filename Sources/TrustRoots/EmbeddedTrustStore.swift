import Bytes
public import X509

/// Mozilla's root certificates, compiled in: the last resort where the system has no store.
public enum EmbeddedTrustStore {
    /// The anchors; read from the embedded text at the first use and then kept.
    public static let store = TrustStore(pem: EmbeddedAssets.all.first { $0.path == "roots.pem" }?.bytes ?? [])
}
