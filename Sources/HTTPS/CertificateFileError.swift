/// Why a file about certificates cannot be used: one sentence that names the file and says what to do.
package struct CertificateFileError: Error, Sendable, Equatable {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}
