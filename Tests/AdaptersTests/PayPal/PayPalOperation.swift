/// The operations of PayPal's API, as the peer names them.
enum PayPalOperation {
    static let token = "POST /v1/oauth2/token"
    static let create = "POST /v2/checkout/orders"
    static let read = "GET /v2/checkout/orders/*"
    static let capture = "POST /v2/checkout/orders/*/capture"
    static let refund = "POST /v2/payments/captures/*/refund"
    static let certificate = "GET /v1/notifications/certs/*"
    static let verify = "POST /v1/notifications/verify-webhook-signature"
}
