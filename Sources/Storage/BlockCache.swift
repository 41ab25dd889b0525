import Runtime

/// Blocks that were read, within a budget of bytes: 16 shards, each a clock.
final class BlockCache: Sendable {
    private struct Slot {
        let segment: UInt64
        let offset: UInt64
        let block: CachedBlock
        var wasUsed: Bool
    }

    /// Slots, and an open hash table of their places: a general dictionary spends more on its hash than a hit costs.
    private struct Shard {
        var slots: [Slot] = []
        /// For each cell the position of a slot plus 1; 0 when it is empty. At most half of the cells are used.
        var cells = [UInt32](repeating: 0, count: 64)
        var hand = 0
        var byteCount = 0
        var hitCount: UInt64 = 0
        var missCount: UInt64 = 0

        /// The cell of a block, or the empty one where it would be.
        private func cell(_ segment: UInt64, _ offset: UInt64, _ hash: UInt64) -> Int {
            let mask = cells.count - 1
            var cell = Int(truncatingIfNeeded: hash) & mask
            while cells[cell] != 0 {
                let position = Int(cells[cell]) - 1
                if slots[position].offset == offset, slots[position].segment == segment { break }
                cell = (cell + 1) & mask
            }
            return cell
        }

        mutating func find(_ segment: UInt64, _ offset: UInt64, _ hash: UInt64) -> CachedBlock? {
            let place = Int(cells[cell(segment, offset, hash)]) - 1
            guard place >= 0 else {
                missCount += 1
                return nil
            }
            hitCount += 1
            slots[place].wasUsed = true
            return slots[place].block
        }

        mutating func insert(
            _ block: CachedBlock, _ segment: UInt64, _ offset: UInt64, _ hash: UInt64, budget: Int
        ) {
            guard cells[cell(segment, offset, hash)] == 0, block.memoryByteCount <= budget else { return }
            while byteCount + block.memoryByteCount > budget, !slots.isEmpty { evict() }
            slots.append(Slot(segment: segment, offset: offset, block: block, wasUsed: false))
            byteCount += block.memoryByteCount
            if slots.count * 2 > cells.count {
                grow()
            } else {
                cells[cell(segment, offset, hash)] = UInt32(slots.count)
            }
        }

        private mutating func grow() {
            cells = Array(repeating: 0, count: cells.count * 2)
            for (position, slot) in slots.enumerated() {
                cells[cell(slot.segment, slot.offset, BlockCache.hash(slot.segment, slot.offset))] =
                    UInt32(position + 1)
            }
        }

        /// Lets go of the next block that was not used since the hand last passed it.
        private mutating func evict() {
            while true {
                if hand >= slots.count { hand = 0 }
                guard slots[hand].wasUsed else { break }
                slots[hand].wasUsed = false
                hand += 1
            }
            let gone = slots[hand]
            byteCount -= gone.block.memoryByteCount
            empty(cell(gone.segment, gone.offset, BlockCache.hash(gone.segment, gone.offset)))
            let last = slots.count - 1
            if hand < last {
                let moved = slots[last]
                cells[cell(moved.segment, moved.offset, BlockCache.hash(moved.segment, moved.offset))] =
                    UInt32(hand + 1)
                slots[hand] = moved
            }
            slots.removeLast()
            if hand < last { hand += 1 }
        }

        /// Empties a cell, and closes the gap so that every block is found from its own cell without a hole.
        private mutating func empty(_ start: Int) {
            let mask = cells.count - 1
            var hole = start
            var next = (hole + 1) & mask
            while cells[next] != 0 {
                let slot = slots[Int(cells[next]) - 1]
                let home = Int(truncatingIfNeeded: BlockCache.hash(slot.segment, slot.offset)) & mask
                // Whatever is at home behind the hole stays where it is.
                if (next - home) & mask >= (next - hole) & mask {
                    cells[hole] = cells[next]
                    hole = next
                }
                next = (next + 1) & mask
            }
            cells[hole] = 0
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
        let hash = Self.hash(segment, offset)
        return shard(hash).shard.withLock { $0.find(segment, offset, hash) }
    }

    func insert(_ block: CachedBlock, segment: UInt64, offset: UInt64) {
        let budget = shardBudget
        let hash = Self.hash(segment, offset)
        shard(hash).shard.withLock { $0.insert(block, segment, offset, hash, budget: budget) }
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

    /// The upper bits choose the shard, the lower ones the cell in it.
    private static func hash(_ segment: UInt64, _ offset: UInt64) -> UInt64 {
        LogFormat.mix(segment &* 0x9e37_79b9_7f4a_7c15 ^ offset)
    }

    private func shard(_ hash: UInt64) -> GuardedShard {
        shards[Int(truncatingIfNeeded: hash >> 60)]
    }
}
