// The address of the environment is set before the first thread starts and never again.
@unsafe @preconcurrency import Glibc

/// The words that the process was started with, read from where the kernel puts them: on the stack, right below the
/// environment. The standard library reads `/proc`, which a bare root directory does not have.
enum StartWords {
    private static let limit = 65_536

    /// The name of the program first; empty when the stack does not look as the ABI of the system says.
    static var all: [String] {
        guard let environment = unsafe __environ else { return [] }
        // System V ABI, "Initial Stack and Register State": the count, that many pointers, a null, the environment.
        return unsafe environment.withMemoryRebound(to: UInt.self, capacity: 1) { slots in
            guard unsafe slots[-1] == 0 else { return [] }
            var count = 0
            while unsafe slots[-2 - count] != UInt(count) {
                count += 1
                if count > limit { return [] }
            }
            var words: [String] = []
            for index in 0..<count {
                guard let word = unsafe UnsafePointer<CChar>(bitPattern: slots[index - count - 1]) else { return [] }
                words.append(unsafe String(cString: word))
            }
            return words
        }
    }
}

/// Takes the place of a function of the Swift runtime that looks, before anything else runs, for the program that
/// prints backtraces. None lies beside an installed binary, and where there is no `/proc`, as in a bare root
/// directory, the runtime's own version ends the process.
///
/// - Returns: nil: there is no such program.
@c(swift_copyAuxiliaryExecutablePath)
func auxiliaryExecutablePath(
    _ folder: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?
) -> UnsafeMutablePointer<CChar>? {
    nil
}
