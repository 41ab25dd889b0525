import Runtime

/// A lock on a file of a simulated disk.
final class SimulatedFileLock: FileLock {
    private let node: Int
    /// Tells this holder from later ones.
    private let number: Int
    private let disk: SimulatedDisk

    init(node: Int, number: Int, disk: SimulatedDisk) {
        self.node = node
        self.number = number
        self.disk = disk
    }

    deinit { release() }

    func release() {
        disk.unlock(node, number: number)
    }
}
