import Runtime

/// Blocks that were read, within a budget of bytes: 16 shards, each a clock.
final class BlockCache: Sendable {
    private struct Place: Hashable {
        let segment: UInt64
        let offset: UInt64
    }

    private struct Slot {
        let place: Place
        let block: CachedBlock
        var wasUsed: Bool
    }

    private struct Shard {
        var slots: [Slot] = []
        var positions: [Place: Int] = [:]
        var hand = 0
        var byteCount = 0
        var hitCount: UInt64 = 0
        var missCount: UInt64 = 0

        mutating func find(_ place: Place) -> CachedBlock? {
            guard let position = positions[place] else {
                missCount += 1
                return nil
            }
            hitCount += 1
            slots[position].wasUsed = true
            return slots[position].block
        }

        mutating func insert(_ block: CachedBlock, _ place: Place, budget: Int) {
            guard positions[place] == nil, block.memoryByteCount <= budget else { return }
            while byteCount + block.memoryByteCount > budget, !slots.isEmpty { evict() }
            positions[place] = slots.count
            slots.append(Slot(place: place, block: block, wasUsed: false))
            byteCount += block.memoryByteCount
        }

        /// Lets go of the next block that was not used since the hand last passed it.
        private mutating func evict() {
            while true {
                if hand >= slots.count { hand = 0 }
                guard slots[hand].wasUsed else { break }
                slots[hand].wasUsed = false
                hand += 1
            }
            byteCount -= slots[hand].block.memoryByteCount
            positions[slots[hand].place] = nil
            let last = slots.removeLast()
            if hand < slots.count {
                slots[hand] = last
                positions[last.place] = hand
                hand += 1
            }
        }
    }

    private final class GuardedShard: Sendable {
        let shard = Guarded(Shard())
    }

    private static let shardCount = 16
    private let shards: [GuardedShard]
    private let shardBudget: Int

    /// - Parameter byteCount: The budget of all shards together.
    init(byteCount: Int) {
        shards = (0..<Self.shardCount).map { _ in GuardedShard() }
        shardBudget = byteCount / Self.shardCount
    }

    func find(segment: UInt64, offset: UInt64) -> CachedBlock? {
        shard(segment, offset).shard.withLock { $0.find(Place(segment: segment, offset: offset)) }
    }

    func insert(_ block: CachedBlock, segment: UInt64, offset: UInt64) {
        let budget = shardBudget
        shard(segment, offset).shard.withLock {
            $0.insert(block, Place(segment: segment, offset: offset), budget: budget)
        }
    }

    var statistics: (hitCount: UInt64, missCount: UInt64, byteCount: Int) {
        var result: (hitCount: UInt64, missCount: UInt64, byteCount: Int) = (0, 0, 0)
        for shard in shards {
            let one = shard.shard.withLock { ($0.hitCount, $0.missCount, $0.byteCount) }
            result.hitCount += one.0
            result.missCount += one.1
            result.byteCount += one.2
        }
        return result
    }

    private func shard(_ segment: UInt64, _ offset: UInt64) -> GuardedShard {
        shards[Int(LogFormat.mix(segment &* 0x9e37_79b9_7f4a_7c15 ^ offset) & UInt64(Self.shardCount - 1))]
    }
}
