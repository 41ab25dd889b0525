extension SHA256: HashFunction {
    package static var digestByteCount: Int { Digest.byteCount }

    package func finish() -> HashValue { HashValue(finalize()) }
}
