import Platform
import Runtime
import Simulation

/// Which side of the doors a conformance test looks at.
enum Side: Sendable, CaseIterable {
    case linux, simulated

    private static let linuxDoors = LinuxPlatform.start(loopCount: 1)

    /// Runs `body` as a task on loop 0, with an empty directory of its own.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (_ doors: Doors, _ directory: String) async throws -> Value
    ) async throws -> Value {
        switch self {
        case .simulated:
            return try World(seed: 11).run { doors in
                try doors.files.makeDirectory("/directory")
                return try await body(doors, "/directory")
            }
        case .linux:
            let doors = Self.linuxDoors
            let directory = try HostProcess.makeTemporaryDirectory("doors-")
            defer { Self.removeAll(directory, doors.files) }
            return try await withCheckedThrowingContinuation { continuation in
                doors.scheduler.spawn(on: 0) {
                    do {
                        continuation.resume(returning: try await body(doors, directory))
                    } catch {
                        continuation.resume(throwing: error)
                    }
                }
            }
        }
    }

    private static func removeAll(_ path: String, _ files: any FileSystem) {
        for name in (try? files.list(path)) ?? [] { removeAll(path + "/" + name, files) }
        try? files.remove(path)
    }
}
