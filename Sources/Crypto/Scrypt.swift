/// The scrypt password hash (RFC 7914): slow and large on purpose.
public enum Scrypt {
    /// How much work and memory one hash takes. Stored beside the hash, so that it can rise later.
    public struct Parameters: Sendable, Equatable {
        /// The most memory a hash may take, in bytes: 64 MiB.
        public static let maximumMemoryByteCount = 64 << 20

        /// log2(N), the cost in time and memory: 1 to 20.
        public var costLog2: Int
        /// r, the size of a block in units of 128 bytes: 1 to 32.
        public var blockSize: Int
        /// p, how many times the work is done, one after another: 1 to 16.
        public var parallelism: Int

        /// Any numbers: ``isAcceptable`` tells whether they may be used.
        public init(costLog2: Int, blockSize: Int, parallelism: Int) {
            self.costLog2 = costLog2
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// N = 2^15, r = 8, p = 3: 32 MiB, some tenths of a second.
        public static let password = Parameters(costLog2: 15, blockSize: 8, parallelism: 3)

        /// 128 * N * r bytes.
        public var memoryByteCount: Int { (128 << costLog2) * blockSize }

        /// Whether every parameter is in its range and the memory within its limit.
        public var isAcceptable: Bool {
            costLog2 >= 1 && costLog2 <= 20 && blockSize >= 1 && blockSize <= 32 && parallelism >= 1
                && parallelism <= 16 && memoryByteCount <= Parameters.maximumMemoryByteCount
        }
    }

    /// `count` (1 to 1,024) bytes out of `password` and `salt`.
    ///
    /// - Throws: ``CryptoError/invalidParameters`` outside the limits, before any work.
    /// - Complexity: 4 * N * r * p Salsa20/8 blocks, memory 128 * N * r bytes: for a background thread.
    public static func derive(
        password: [UInt8], salt: [UInt8], parameters: Parameters = .password, count: Int = 32
    ) throws(CryptoError) -> [UInt8] {
        guard parameters.isAcceptable, count >= 1, count <= 1024 else { throw .invalidParameters }
        let key = HMACKey(password)
        let blockByteCount = 128 * parameters.blockSize
        var blocks = PBKDF2.derive(
            key, salt: salt, iterations: 1, count: blockByteCount * parameters.parallelism)
        var mixer = ScryptMixer(parameters)
        for index in 0..<parameters.parallelism {
            mixer.mix(&blocks, at: index * blockByteCount)
        }
        defer { Memory.wipe(&blocks) }
        return PBKDF2.derive(key, salt: blocks, iterations: 1, count: count)
    }
}
