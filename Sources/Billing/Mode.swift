import Fields

/// Whether an application moves real money.
package enum Mode: String, Choice {
    case live, test
}
