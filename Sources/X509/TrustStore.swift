import Crypto

/// The keys that may certify, and those that must not occur.
public struct TrustStore: Sendable {
    /// In the order in which they came.
    public let anchors: [TrustAnchor]
    /// How many certificates could not be used: another key than those accepted, or not readable.
    public let skippedCount: Int
    /// SHA-256 hashes of SubjectPublicKeyInfos; no path with one of these keys is accepted.
    public var deniedKeys: Set<[UInt8]>
    private let indexes: [DistinguishedName: [Int]]

    /// - Parameters:
    ///   - certificates: The trusted certificates; those that cannot be anchors are skipped and counted.
    ///   - deniedKeys: SHA-256 hashes of SubjectPublicKeyInfos.
    public init(certificates: [Certificate], deniedKeys: Set<[UInt8]> = []) {
        self.init(certificates, skippedCount: 0, deniedKeys: deniedKeys)
    }

    /// The certificates of a bundle, such as `/etc/ssl/certs/ca-certificates.crt`.
    ///
    /// Blocks that cannot be used are skipped and counted: one strange root must not stop a server.
    public init(pem: [UInt8], deniedKeys: Set<[UInt8]> = []) {
        var certificates: [Certificate] = []
        var skippedCount = 0
        for block in PEM.blocks(in: pem) where Certificate.labels.contains(block.label) {
            if let certificate = block.der.flatMap({ try? Certificate(der: $0) }) {
                certificates.append(certificate)
            } else {
                skippedCount += 1
            }
        }
        self.init(certificates, skippedCount: skippedCount, deniedKeys: deniedKeys)
    }

    /// The anchors of several stores one after the other, such as one file for each root; the same key under the same
    /// name counts once.
    public init(merging stores: [TrustStore]) {
        var deniedKeys: Set<[UInt8]> = []
        for store in stores { deniedKeys.formUnion(store.deniedKeys) }
        self.init(
            anchors: stores.flatMap(\.anchors), skippedCount: stores.reduce(0) { $0 + $1.skippedCount },
            deniedKeys: deniedKeys)
    }

    private init(_ certificates: [Certificate], skippedCount: Int, deniedKeys: Set<[UInt8]>) {
        var anchors: [TrustAnchor] = []
        var skippedCount = skippedCount
        for certificate in certificates {
            if let anchor = try? TrustAnchor(certificate) { anchors.append(anchor) } else { skippedCount += 1 }
        }
        self.init(anchors: anchors, skippedCount: skippedCount, deniedKeys: deniedKeys)
    }

    private init(anchors: [TrustAnchor], skippedCount: Int, deniedKeys: Set<[UInt8]>) {
        var kept: [TrustAnchor] = []
        var indexes: [DistinguishedName: [Int]] = [:]
        for anchor in anchors {
            let others = indexes[anchor.subject] ?? []
            let isThere = others.contains {
                kept[$0].subjectPublicKeyInfo == anchor.subjectPublicKeyInfo
                    && kept[$0].onlyFingerprint == anchor.onlyFingerprint
            }
            guard !isThere else { continue }
            indexes[anchor.subject] = others + [kept.count]
            kept.append(anchor)
        }
        self.anchors = kept
        self.indexes = indexes
        self.skippedCount = skippedCount
        self.deniedKeys = deniedKeys
    }

    /// The anchors called `name`.
    func anchors(of name: DistinguishedName) -> [TrustAnchor] { (indexes[name] ?? []).map { anchors[$0] } }

    /// Whether the key with this SubjectPublicKeyInfo must not occur.
    func isDenied(_ subjectPublicKeyInfo: [UInt8]) -> Bool {
        !deniedKeys.isEmpty && deniedKeys.contains(SHA256.hash(subjectPublicKeyInfo))
    }
}
