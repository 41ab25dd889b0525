import Testing

@testable import Storage

@Suite struct MemtableTests {
    @Test(arguments: [false, true])
    func `a table answers like a sorted list of versions`(sorted: Bool) {
        var random = TestRandom(seed: 11)
        let table = Memtable(filterByteCount: 4096, firstChunkByteCount: 1024)
        var model: [[UInt8]: [(number: UInt64, value: [UInt8]?)]] = [:]
        for number in 1...300 as ClosedRange<UInt64> {
            var keys = Set(
                (0..<1 + random.below(4)).map { _ in [7, random.below(2) == 0 ? 0 : 1, UInt8(random.below(60)), 9] })
            if random.below(10) == 0 { keys.insert([]) }
            let order = sorted ? keys.sorted { $0.lexicographicallyPrecedes($1) } : Array(keys)
            for key in order {
                let value =
                    random.below(5) == 0 ? nil : [UInt8](repeating: UInt8(number & 255), count: random.below(40))
                RawKey(key).withWords { words in
                    guard let value else { return unsafe table.insert(words, number: number, value: nil) }
                    unsafe value.withUnsafeBytes { unsafe table.insert(words, number: number, value: $0) }
                }
                model[key, default: []].append((number, value))
            }
        }
        for (key, versions) in model {
            for number in [0, 1, 50, 150, 299, 300] as [UInt64] {
                let expected = versions.last { $0.number <= number }
                let node = RawKey(key).withWords { table.find($0, number: number) }
                #expect(node?.number == expected?.number)
                #expect(RawKey(key).withWords { table.find($0, hash: $0.hash, number: number) } == node)
                #expect(node.map { $0.isDeletion ? nil : $0.value() } == expected.map(\.value))
            }
        }
        var node = table.first
        var seen: [[UInt8]] = []
        while let current = node {
            if seen.last != current.key(from: 0) { seen.append(current.key(from: 0)) }
            node = current.next(at: 0)
        }
        let keys = model.keys.sorted { $0.lexicographicallyPrecedes($1) }
        #expect(seen == keys)
        for (previous, key) in zip(keys, keys.dropFirst()) {
            #expect(RawKey(key).withWords { table.last(before: $0)?.key(from: 0) } == previous)
        }
        table.reset()
        #expect(table.first == nil)
    }

    @Test func `a filter never denies what it was given, and mostly what it was not`() {
        let filter = BloomFilter(byteCount: 4096)
        for number in 0..<2000 as Range<UInt64> {
            RawKey(table: 1, index: 0, Key(number).bytes).withWords { filter.insert($0.hash) }
        }
        var falseAnswers = 0
        for number in 0..<4000 as Range<UInt64> {
            let answer = RawKey(table: 1, index: 0, Key(number).bytes).withWords { filter.mayContain($0.hash) }
            if number < 2000 { #expect(answer) } else if answer { falseAnswers += 1 }
        }
        #expect(falseAnswers < 100)
    }

    @Test func `records are found among thousands, with many versions, and no others`() {
        let table = Memtable(filterByteCount: 64)
        for number in 1...6000 as ClosedRange<UInt64> {
            RawKey(table: 1, index: 0, Key(number % 5000).bytes).withWords {
                unsafe table.insert($0, number: number, value: nil)
            }
            RawKey(table: 2, index: 0, []).withWords { unsafe table.insert($0, number: number, value: nil) }
        }
        for key in 0..<6000 as Range<UInt64> {
            let found = RawKey(table: 1, index: 0, Key(key).bytes).withWords {
                table.find($0, hash: $0.hash, number: 5500)?.number
            }
            let expected: UInt64? = key >= 5000 ? nil : key == 0 ? 5000 : key <= 500 ? key + 5000 : key
            #expect(found == expected)
        }
        for number in stride(from: 1, through: 6000, by: 97) as StrideThrough<UInt64> {
            let found = RawKey(table: 2, index: 0, []).withWords {
                table.find($0, hash: $0.hash, number: number)?.number
            }
            #expect(found == number)
        }
    }
}
