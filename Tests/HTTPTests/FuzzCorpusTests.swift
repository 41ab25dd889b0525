import Bytes
import Glibc
import Testing

/// The inputs that fuzzing kept, once more.
@Suite struct FuzzCorpusTests {
    @Test func `answers of servers`() throws { try replay("HTTPResponseFuzz", HTTPResponseFuzz.run) }

    private func replay(_ name: String, _ run: ([UInt8]) -> Void) throws {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let lines = try contents(folder + "/Data/" + name + ".txt").split(separator: UInt8(ascii: "\n"))
        #expect(lines.count > 20)
        for line in lines {
            let input = Base64.decode(Array(line).span)
            run(try #require(input))
        }
    }

    private func contents(_ path: String) throws -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        // No more than the capacity is written, and the count says how much was.
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = unsafe max(0, pread(descriptor, buffer.baseAddress, size, 0))
        }
    }
}
