/// Objects of one kind in the order of their making, found by their names.
struct StripePeerShelf<Item: Sendable>: Sendable {
    private(set) var items: [Item] = []
    private var places: [String: Int] = [:]

    subscript(name: String) -> Item? {
        get { places[name].map { items[$0] } }
        set {
            guard let newValue else { return }
            if let place = places[name] {
                items[place] = newValue
            } else {
                places[name] = items.count
                items.append(newValue)
            }
        }
    }
}
