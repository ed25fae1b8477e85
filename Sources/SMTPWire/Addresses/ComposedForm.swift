/// Whether characters stand composed (NFC, UAX #15), as the labels of domains must: decomposed they are another domain.
///
/// What a single character decomposes to is for its own properties; here is what composes with what stands before it.
enum ComposedForm {
    /// Whether no mark composes with its letter, and marks stand in their order.
    static func isComposed(_ scalars: [Unicode.Scalar]) -> Bool {
        var base: Unicode.Scalar?
        var lastClass: UInt8 = 0
        for scalar in scalars {
            let combiningClass = scalar.properties.canonicalCombiningClass.rawValue
            // Out of order (UAX #15, D108).
            if combiningClass != 0, combiningClass < lastClass { return false }
            // Another mark of the same class blocks it (D115); a starter must follow its base directly.
            let isBlocked = lastClass != 0 && combiningClass <= lastClass
            if let base, !isBlocked, composes(scalar, with: base) { return false }
            if combiningClass == 0 { base = scalar }
            lastClass = combiningClass
        }
        return true
    }

    private static func composes(_ mark: Unicode.Scalar, with base: Unicode.Scalar) -> Bool {
        switch mark.value {
        // The marks of Latin, Greek and Cyrillic, and the voice marks of kana: what they compose with fills tables, so they
        // are refused behind any letter.
        case 0x300...0x36F, 0x3099, 0x309A: true
        default: bases[mark.value]?.contains(base.value) ?? false
        }
    }

    /// What else composes by the characters' canonical decompositions, and with what.
    private static let bases: [UInt32: Set<UInt32>] = [
        // Arabic
        0x653: [0x627], 0x654: [0x627, 0x648, 0x64A, 0x6C1, 0x6D2, 0x6D5], 0x655: [0x627],
        // Devanagari, Bengali
        0x93C: [0x928, 0x930, 0x933], 0x9BE: [0x9C7], 0x9D7: [0x9C7],
        // Oriya, Tamil
        0xB3E: [0xB47], 0xB56: [0xB47], 0xB57: [0xB47], 0xBBE: [0xBC6, 0xBC7], 0xBD7: [0xB92, 0xBC6],
        // Telugu, Kannada
        0xC56: [0xC46], 0xCC2: [0xCC6], 0xCD5: [0xCBF, 0xCC6, 0xCCA], 0xCD6: [0xCC6],
        // Malayalam, Sinhala
        0xD3E: [0xD46, 0xD47], 0xD57: [0xD46], 0xDCA: [0xDD9, 0xDDC], 0xDCF: [0xDD9], 0xDDF: [0xDD9],
        // Burmese, Balinese
        0x102E: [0x1025],
        0x1B35: [0x1B05, 0x1B07, 0x1B09, 0x1B0B, 0x1B0D, 0x1B11, 0x1B3A, 0x1B3C, 0x1B3E, 0x1B3F, 0x1B42],
        // Kaithi, Chakma, Grantha, Tirhuta, Siddham, Dives Akuru
        0x110BA: [0x11099, 0x1109B, 0x110A5], 0x11127: [0x11131, 0x11132], 0x1133E: [0x11347], 0x11357: [0x11347],
        0x114B0: [0x114B9], 0x114BA: [0x114B9], 0x114BD: [0x114B9], 0x115AF: [0x115B8, 0x115B9], 0x11930: [0x11935],
    ]
}
