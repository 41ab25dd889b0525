import Bytes
import Runtime

/// Makes `req_` and 16 hexadecimal digits for each request, from entropy fetched by the block.
final class RequestIDs: Sendable {
    private struct State: Sendable {
        var block: [UInt8] = []
        var position = 0
    }

    private let entropy: any Entropy
    private let state = Guarded(State())

    init(_ entropy: any Entropy) {
        self.entropy = entropy
    }

    func next() -> String {
        state.withLock { state in
            if state.position == state.block.count {
                state.block = entropy.bytes(2048)
                state.position = 0
            }
            let start = state.position
            state.position += 8
            return unsafe String(unsafeUninitializedCapacity: 20) { buffer in
                unsafe buffer[0] = UInt8(ascii: "r")
                unsafe buffer[1] = UInt8(ascii: "e")
                unsafe buffer[2] = UInt8(ascii: "q")
                unsafe buffer[3] = UInt8(ascii: "_")
                for offset in 0..<8 {
                    let byte = state.block[start + offset]
                    unsafe buffer[4 + 2 * offset] = Hex.digit(byte >> 4)
                    unsafe buffer[5 + 2 * offset] = Hex.digit(byte & 15)
                }
                return 20
            }
        }
    }
}
