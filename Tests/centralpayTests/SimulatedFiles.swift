import Runtime
import Simulation

/// Files of a simulated disk.
enum SimulatedFiles {
    static var empty: any FileSystem { World(seed: 1).disk }

    static func with(_ path: String, _ text: String) throws -> any FileSystem {
        let disk = World(seed: 1).disk
        let file = try disk.open(path, .createNew)
        try file.write(Array(text.utf8), at: 0)
        file.close()
        return disk
    }
}
