import Testing

@testable import Platform

@Suite struct TimerHeapTests {
    @Test func `moved and removed entries leave nothing behind`() {
        var heap = TimerHeap()
        let entries = (0..<200).map { _ in LoopEntry() }
        var state: UInt64 = 1
        func random() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        var deadlines: [UInt64?] = Array(repeating: nil, count: entries.count)
        for _ in 0..<5000 {
            let index = Int(random() % 200)
            if random() % 3 == 0 {
                heap.remove(entries[index])
                deadlines[index] = nil
            } else {
                deadlines[index] = random() % 1000
                heap.set(entries[index], to: deadlines[index] ?? 0)
            }
            #expect(heap.next == deadlines.compactMap { $0 }.min())
        }
        #expect(heap.count == deadlines.count { $0 != nil })
        let expected = deadlines.compactMap { $0 }.filter { $0 <= 500 }.sorted()
        var fired: [UInt64] = []
        while let entry = heap.popDue(at: 500), let index = entries.firstIndex(where: { $0 === entry }) {
            fired.append(deadlines[index] ?? 0)
        }
        #expect(fired == expected)
    }

    @Test func `equal deadlines fire in the order they were set`() {
        var heap = TimerHeap()
        let entries = (0..<50).map { _ in LoopEntry() }
        for entry in entries { heap.set(entry, to: 7) }
        for entry in entries { #expect(heap.popDue(at: 7) === entry) }
        #expect(heap.popDue(at: .max) == nil)
    }
}
