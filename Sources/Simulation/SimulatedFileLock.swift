import Runtime

/// A lock on a file of a simulated disk.
final class SimulatedFileLock: FileLock {
    private let node: Int
    private let run: Int
    private let disk: SimulatedDisk

    init(node: Int, run: Int, disk: SimulatedDisk) {
        self.node = node
        self.run = run
        self.disk = disk
    }

    func release() {
        disk.unlock(node, run: run)
    }
}
