//! How many segments a text message takes. Source: 3GPP TS 23.038, the default alphabet with its extension table (6.2.1)
//! and UCS-2 (6.2.3); a message of several parts carries a header of 6 octets in each, 3GPP TS 23.040 (9.2.3.24.1).

/// In which letters a text goes out: one letter that GSM-7 lacks brings all of it to UCS-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    Gsm7,
    Ucs2,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    pub alphabet: Alphabet,
    /// Septets of GSM-7, or units of UCS-2.
    pub units: usize,
    pub count: usize,
}

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§\
                     ¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Each takes two septets: an escape, and the sign.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

impl Segments {
    pub fn of(text: &str) -> Segments {
        let septets: Option<Vec<usize>> = text.chars().map(septets).collect();
        match septets {
            Some(sizes) => Self::packed(Alphabet::Gsm7, &sizes, 160, 153),
            None => {
                let sizes: Vec<usize> = text.chars().map(char::len_utf16).collect();
                Self::packed(Alphabet::Ucs2, &sizes, 70, 67)
            }
        }
    }

    /// No sign is divided between two parts.
    fn packed(alphabet: Alphabet, sizes: &[usize], alone: usize, part: usize) -> Segments {
        let units = sizes.iter().sum();
        if units <= alone {
            return Segments { alphabet, units, count: usize::from(units > 0) };
        }
        let (mut count, mut filled) = (1, 0);
        for size in sizes {
            if filled + size > part {
                count += 1;
                filled = 0;
            }
            filled += size;
        }
        Segments { alphabet, units, count }
    }
}

fn septets(sign: char) -> Option<usize> {
    if BASIC.contains(sign) {
        Some(1)
    } else if EXTENSION.contains(sign) {
        Some(2)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (Alphabet, usize, usize) {
        let Segments { alphabet, units, count } = Segments::of(text);
        (alphabet, units, count)
    }

    #[test]
    fn the_default_alphabet_has_its_128_places_and_the_extension_its_ten() {
        // 128 with the escape itself, which is no letter.
        assert_eq!((BASIC.chars().count(), EXTENSION.chars().count()), (127, 10));
    }

    #[test]
    fn a_text_of_160_septets_is_one_and_of_161_two_of_153() {
        assert_eq!(of(""), (Alphabet::Gsm7, 0, 0));
        assert_eq!(of(&"a".repeat(160)), (Alphabet::Gsm7, 160, 1));
        assert_eq!(of(&"ñ".repeat(161)), (Alphabet::Gsm7, 161, 2));
        assert_eq!(of(&"a".repeat(306)), (Alphabet::Gsm7, 306, 2));
        assert_eq!(of(&"a".repeat(307)), (Alphabet::Gsm7, 307, 3));
    }

    #[test]
    fn a_sign_of_the_extension_takes_two_and_is_not_divided() {
        assert_eq!(of(&"€".repeat(80)), (Alphabet::Gsm7, 160, 1));
        // 152 and an escape sequence that does not fit the first part's last septet.
        assert_eq!(of(&format!("{}[{}", "a".repeat(152), "a".repeat(152))), (Alphabet::Gsm7, 306, 3));
    }

    #[test]
    fn one_letter_that_gsm_lacks_brings_all_to_ucs_2() {
        assert_eq!(of("Sof\u{ed}a"), (Alphabet::Ucs2, 5, 1));
        assert_eq!(of(&"\u{e1}".repeat(70)), (Alphabet::Ucs2, 70, 1));
        assert_eq!(of(&"\u{e1}".repeat(71)), (Alphabet::Ucs2, 71, 2));
        assert_eq!(of(&"\u{e1}".repeat(134)), (Alphabet::Ucs2, 134, 2));
        assert_eq!(of(&"\u{e1}".repeat(135)), (Alphabet::Ucs2, 135, 3));
    }

    #[test]
    fn a_sign_of_two_units_is_not_divided() {
        assert_eq!(of(&"\u{1f642}".repeat(35)), (Alphabet::Ucs2, 70, 1));
        assert_eq!(of(&"\u{1f642}".repeat(67)), (Alphabet::Ucs2, 134, 3));
    }

    #[test]
    fn spanish_has_most_of_its_letters_in_gsm_7_but_not_all() {
        assert_eq!(of("¿Qué mañana? ¡Ñu, pingüino, É!").0, Alphabet::Gsm7);
        for letter in ["á", "í", "ó", "ú", "Á", "Í", "Ó", "Ú", "ç", "’"] {
            assert_eq!(of(letter).0, Alphabet::Ucs2, "{letter}");
        }
    }
}
