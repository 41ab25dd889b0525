extension SHA256: HashFunction {
    public static var digestByteCount: Int { Digest.byteCount }

    public func finish() -> HashValue { HashValue(finalize()) }
}
