import Testing

@testable import Storage

/// The cache of blocks against a plain model.
@Suite struct BlockCacheTests {
    private final class Page: CachedBlock, @unchecked Sendable {
        let segment: UInt64
        let offset: UInt64

        init(_ segment: UInt64, _ offset: UInt64, byteCount: Int) {
            self.segment = segment
            self.offset = offset
            super.init(memoryByteCount: byteCount)
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `what is found is what was put there, and the budget holds`(seed: UInt64) {
        let cache = BlockCache(byteCount: 16 * 2000)
        var random = TestRandom(seed: seed)
        var hitCount = 0
        for _ in 0..<20_000 {
            let segment = UInt64(1 + random.below(5))
            let offset = UInt64(random.below(200)) * 4096
            if let found = cache.find(segment: segment, offset: offset) {
                let page = found as? Page
                #expect(page?.segment == segment && page?.offset == offset)
                hitCount += 1
            } else {
                cache.insert(
                    Page(segment, offset, byteCount: 20 + random.below(100)), segment: segment, offset: offset)
                #expect(cache.find(segment: segment, offset: offset) != nil)
            }
        }
        #expect(hitCount > 1000)
        let statistics = cache.statistics
        #expect(statistics.byteCount <= 16 * 2000 && statistics.byteCount > 16 * 1000)
    }

    @Test func `a block that is used stays while others come and go`() {
        let cache = BlockCache(byteCount: 16 * 2000)
        cache.insert(Page(1, 0, byteCount: 50), segment: 1, offset: 0)
        for number in 1..<5000 as Range<UInt64> {
            #expect(cache.find(segment: 1, offset: 0) != nil)
            cache.insert(Page(2, number, byteCount: 100), segment: 2, offset: number)
        }
    }

    @Test func `a block larger than a shard is not kept`() {
        let cache = BlockCache(byteCount: 16 * 2000)
        cache.insert(Page(1, 0, byteCount: 2001), segment: 1, offset: 0)
        #expect(cache.find(segment: 1, offset: 0) == nil && cache.statistics.byteCount == 0)
    }
}
