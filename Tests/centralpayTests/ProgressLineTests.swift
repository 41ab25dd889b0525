import Testing

@testable import centralpay

@Suite struct ProgressLineTests {
    @Test(arguments: [
        (0, 0, 0, "backup   100%  0 B of 0 B"),
        (120_000_000, 280_000_000, 1200, "backup    42%  120 MB of 280 MB, 100 MB/s, 2 s left"),
        (1, 4_000_000_000_000, 1000, "backup     0%  1 B of 4.0 TB, 1 B/s, 1111111111 h 6 min left"),
        (999, 1000, 10, "backup    99%  999 B of 1.0 kB, 99.9 kB/s, 1 s left"),
        (2000, 1000, 10, "backup   100%  1.0 kB of 1.0 kB, 200 kB/s"),
    ])
    func `a line tells how much is done, how fast, and how long it takes yet`(
        _ done: Int, _ total: Int, _ milliseconds: Int, _ line: String
    ) {
        #expect(
            ProgressLine.text(
                "backup", UInt64(done), UInt64(total), pace: (UInt64(done), UInt64(milliseconds)), hasBar: false)
                == line)
    }

    @Test func `a bar fills from left to right and fits a narrow terminal`() {
        let half = ProgressLine.text("restore", 5, 10, pace: (0, 0), hasBar: true)
        #expect(half == "restore  [##########----------]  50%  5 B of 10 B")
        let long = ProgressLine.text(
            "restore", 998_000_000_000, 999_000_000_000, pace: (998_000_000_000, 90_000_000), hasBar: true)
        #expect(long.utf8.count <= 79)
    }

    @Test(arguments: [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_949, "99.9 kB"), (100_000, "100 kB")])
    func `sizes are short`(_ byteCount: Int, _ text: String) {
        #expect(ByteSize.text(UInt64(byteCount)) == text)
    }
}
