import Glibc
import JSON
import Testing

/// A file of the Wycheproof project's test vectors, where a copy of them lies beside the repository.
struct WycheproofFile {
    /// One group of vectors with the members they share.
    let groups: [JSONObject]

    /// Where the files are looked for: `shared/vectors/wycheproof` beside the repository.
    static let folder: String = {
        let file: StaticString = #filePath
        let parts = file.description.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(4).joined(separator: "/") + "/shared/vectors/wycheproof/"
    }()

    /// Whether the files are there; the suites that need them are shown as skipped otherwise.
    static var areThere: Bool { unsafe access(folder + "README", R_OK) == 0 }

    /// Whether every vector of the slow files is wanted (`CENTRALPAY_LONG` in the environment) instead of a sample.
    static let isLong: Bool = unsafe getenv("CENTRALPAY_LONG") != nil

    /// Reads and parses the file called `name`.
    init(_ name: String) throws {
        let limits = JSONLimits(byteCount: 1 << 22)
        let value = try JSON.parse(#require(WycheproofFile.contents(WycheproofFile.folder + name)), limits: limits)
        guard case .object(let top) = value, case .array(let groups)? = top["testGroups"] else {
            throw WycheproofError.unexpectedShape
        }
        self.groups = groups.compactMap { if case .object(let group) = $0 { group } else { nil } }
    }

    /// Every vector, after the members of its group.
    var vectors: [(group: JSONObject, vector: WycheproofVector)] {
        groups.flatMap { group -> [(group: JSONObject, vector: WycheproofVector)] in
            guard case .array(let tests)? = group["tests"] else { return [] }
            return tests.compactMap { test in
                if case .object(let members) = test { (group, WycheproofVector(members: members)) } else { nil }
            }
        }
    }

    /// Every vector, or the first of each `step` unless ``isLong``.
    func sample(oneOf step: Int) -> [(group: JSONObject, vector: WycheproofVector)] {
        vectors.enumerated().filter { WycheproofFile.isLong || $0.offset % step == 0 }.map(\.element)
    }

    private static func contents(_ path: String) -> [UInt8]? {
        guard let file = unsafe fopen(path, "rb") else { return nil }
        defer { unsafe _ = fclose(file) }
        var contents: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe fread(&piece, 1, piece.count, file)
            guard count > 0 else { return contents }
            contents += piece[..<count]
        }
    }
}
