import Fields
import Webhooks

extension EndpointHealth: Resource {
    static var resourceName: StaticString { "health" }
    static var listName: StaticString { "health" }
}
