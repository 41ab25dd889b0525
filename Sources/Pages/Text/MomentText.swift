package import Runtime

/// Dates and times for people, in UTC; a script shows them in the reader's own zone.
package enum MomentText {
    /// Such as `15 January 2025`.
    package static func day(_ moment: Timestamp, _ language: Language) -> String {
        let date = CivilDate(day: dayNumber(moment))
        let month = month(date.month, language)
        return switch language {
        case .english: "\(date.day) \(month) \(date.year)"
        case .french: "\(date.day == 1 ? "1er" : "\(date.day)") \(month) \(date.year)"
        case .german: "\(date.day). \(month) \(date.year)"
        case .portuguese, .spanish: "\(date.day) de \(month) de \(date.year)"
        }
    }

    /// Such as `12:05 UTC`.
    package static func time(_ moment: Timestamp) -> String {
        let second = moment.seconds - dayNumber(moment) * 86_400
        let minute = second / 60 % 60
        let hour = second / 3600
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute) UTC"
    }

    /// Such as `15 January 2025, 12:05 UTC`.
    package static func full(_ moment: Timestamp, _ language: Language) -> String {
        day(moment, language) + ", " + time(moment)
    }

    private static func dayNumber(_ moment: Timestamp) -> Int64 {
        let seconds = moment.seconds
        return seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    }

    private static func month(_ number: Int, _ language: Language) -> String {
        let names =
            switch language {
            case .english: "January February March April May June July August September October November December"
            case .portuguese: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
            case .german: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
            case .french: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
            case .spanish: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
            }
        return String(names.split(separator: " ")[min(max(number, 1), 12) - 1])
    }
}
