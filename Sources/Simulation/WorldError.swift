/// Why a world could not be run to the wanted end. The description names the seed to run again.
package enum WorldError: Error, Equatable, CustomStringConvertible {
    /// Nothing was ready and no timer was set, yet the body had not ended.
    case stuck(seed: UInt64)
    /// The bound on steps was reached.
    case tooManySteps(seed: UInt64, limit: Int)

    package var description: String {
        switch self {
        case .stuck(let seed): "seed \(seed): everything waits and nothing will happen"
        case .tooManySteps(let seed, let limit): "seed \(seed): not finished after \(limit) steps"
        }
    }
}
