import Bytes
import Runtime

/// A list of public keys that no certificate may have, whoever signed it: for keys known to be stolen.
enum DeniedKeys {
    private static let byteLimit = 1 << 20

    /// Reads lines of the SHA-256 of a SubjectPublicKeyInfo in hexadecimal digits, colons allowed. Empty lines and
    /// what follows `#` mean nothing.
    static func read(_ path: String, from files: any FileSystem) throws(CertificateFileError) -> Set<[UInt8]> {
        let text = String(decoding: try SmallFile.read(path, limit: byteLimit, from: files), as: UTF8.self)
        var hashes: Set<[UInt8]> = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let content = line.prefix { $0 != "#" }.filter { $0 != " " && $0 != "\t" && $0 != ":" }
            if content.isEmpty { continue }
            guard let hash = Hex.decode(content.lowercased()), hash.count == 32 else {
                throw CertificateFileError("\(path):\(index + 1): write the SHA-256 of a public key in 64 hex digits")
            }
            hashes.insert(hash)
        }
        return hashes
    }
}
