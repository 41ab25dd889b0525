/// What the demonstration's first page shows. Everything in it is public test data.
package struct StartView: Sendable {
    /// A checkout that a button opens.
    package struct Sample: Sendable {
        /// Sent as `sample`.
        package var id: String
        package var title: String
        package var note: String
        package var amountText: String

        package init(id: String, title: String, note: String, amountText: String) {
            self.id = id
            self.title = title
            self.note = note
            self.amountText = amountText
        }
    }

    /// A place to look at.
    package struct Place: Sendable {
        package var path: String
        package var title: String
        package var note: String

        package init(path: String, title: String, note: String) {
            self.path = path
            self.title = title
            self.note = note
        }
    }

    /// The form's address; POST with `csrf` and `sample`, answered with a redirect to the new checkout.
    package var createPath: String
    package var csrf: String
    package var samples: [Sample]
    package var places: [Place]
    package var apiKey: String
    package var apiSecret: String
    /// Such as `http://127.0.0.1:8080`.
    package var publicURL: String
    package var testCards: [CardFormView.TestCard]

    package init(
        createPath: String, csrf: String, samples: [Sample], places: [Place], apiKey: String = "pk_demo",
        apiSecret: String, publicURL: String, testCards: [CardFormView.TestCard]
    ) {
        self.createPath = createPath
        self.csrf = csrf
        self.samples = samples
        self.places = places
        self.apiKey = apiKey
        self.apiSecret = apiSecret
        self.publicURL = publicURL
        self.testCards = testCards
    }
}
