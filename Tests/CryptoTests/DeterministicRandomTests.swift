import Testing

@testable import Crypto

@Suite struct DeterministicRandomTests {
    @Test func `the same seed, purpose and number give the same bytes`() {
        let random = DeterministicRandom(seed: 42)
        let again = DeterministicRandom(seed: 42)
        for count in [0, 1, 16, 64, 65, 1000] {
            let bytes = random.bytes(count, purpose: [1, 2], number: 3)
            #expect(bytes.count == count)
            #expect(bytes == again.bytes(count, purpose: [1, 2], number: 3))
            #expect(bytes.starts(with: random.bytes(count / 2, purpose: [1, 2], number: 3)))
        }
    }

    @Test func `another seed, purpose or number gives other bytes`() {
        let random = DeterministicRandom(seed: 42)
        let all = [
            random.bytes(16, purpose: [1], number: 3), random.bytes(16, purpose: [1], number: 4),
            random.bytes(16, purpose: [2], number: 3), random.bytes(16, purpose: [], number: 3),
            random.bytes(16, purpose: [1, 0], number: 3),
            DeterministicRandom(seed: 43).bytes(16, purpose: [1], number: 3),
        ]
        #expect(Set(all).count == all.count)
    }

    @Test func `bits are balanced`() {
        let bytes = DeterministicRandom(seed: 7).bytes(4096, purpose: [], number: 0)
        let count = bytes.reduce(0) { $0 + $1.nonzeroBitCount }
        #expect((16_000...16_800).contains(count))
    }
}
