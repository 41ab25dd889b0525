import Runtime

/// The names of `/etc/hosts`.
enum HostsFile {
    /// The addresses `text` gives to `name`, in its order; letter case does not matter.
    static func addresses(of name: String, in text: String) -> [IPAddress] {
        let wanted = name.lowercased()
        var addresses: [IPAddress] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let content = line.prefix { $0 != "#" }
            let words = content.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let first = words.first, let address = IPAddress(first),
                words.dropFirst().contains(where: { $0.lowercased() == wanted }), !addresses.contains(address)
            else { continue }
            addresses.append(address)
        }
        return addresses
    }
}
