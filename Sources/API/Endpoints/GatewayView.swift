import Billing
import Fields
import Gateways

/// A configured gateway as it is shown.
struct GatewayView: Record, Resource {
    static var resourceName: StaticString { "gateway" }
    static var listName: StaticString { "gateways" }

    var gateway = ""
    var name = ""
    var order: Int64 = 0
    var methods: [String] = []
    var currencies: [String] = []
    var health = GatewayHealth.healthy

    init() {}
    static var schemaName: StaticString { "Gateway" }

    init(_ configuration: GatewayConfiguration, health: GatewayHealth) {
        gateway = configuration.gateway
        name = configuration.displayName
        order = configuration.order
        methods = configuration.methods
        currencies = configuration.currencies
        self.health = health
    }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("gateway", &gateway, "Its name in requests and addresses.")
        try visitor.member("name", &name)
        try visitor.member("order", &order, "Lower ones are tried first.")
        try visitor.member("methods", &methods)
        try visitor.member("currencies", &currencies, "Empty for all.")
        try visitor.member("health", &health)
    }
}
