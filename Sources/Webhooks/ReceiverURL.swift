import Billing
import HTTP

/// Which URLs a webhook endpoint can have. Where they lead is judged when the connection is made.
enum ReceiverURL {
    /// What is wrong with `text`, or nil.
    static func complaint(about text: String, _ mode: Mode) -> String? {
        guard let url = URL(text), url.fragment == nil else {
            return "Give an absolute http or https URL without user name and fragment."
        }
        return mode == .live && url.scheme != .https ? "Live applications need an https URL." : nil
    }
}
