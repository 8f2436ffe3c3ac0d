//! How many syllables a word has. Spanish spells them; English needs rules and a list of what breaks them.

use crate::library::Language;

/// Of a number, each digit counts as one: close enough to how it is read, and the same in both languages.
pub fn of(word: &str, language: Language) -> u32 {
    let digits = count(word.chars().filter(char::is_ascii_digit));
    let letters: String = word.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    if letters.is_empty() {
        return digits;
    }
    let spoken = match language {
        Language::En => english(&letters),
        Language::Es => spanish(&letters),
    };
    digits + spoken.max(1)
}

fn count(signs: impl Iterator) -> u32 {
    u32::try_from(signs.count()).unwrap_or(u32::MAX)
}

/// Words that the rules get wrong, in the order of the alphabet.
const ENGLISH: [(&str, u32); 39] = [
    ("alphabet", 3),
    ("area", 3),
    ("areas", 3),
    ("being", 2),
    ("cereal", 3),
    ("client", 2),
    ("create", 2),
    ("diabetes", 4),
    ("diet", 2),
    ("element", 3),
    ("every", 2),
    ("everyday", 3),
    ("everyone", 3),
    ("everything", 3),
    ("fluid", 2),
    ("hundred", 2),
    ("idea", 3),
    ("ideas", 3),
    ("lion", 2),
    ("million", 2),
    ("oil", 1),
    ("poem", 2),
    ("quiet", 2),
    ("quietly", 3),
    ("react", 2),
    ("ruin", 2),
    ("science", 2),
    ("somebody", 3),
    ("something", 2),
    ("sometimes", 2),
    ("somewhere", 2),
    ("therefore", 2),
    ("trial", 2),
    ("usual", 3),
    ("usually", 4),
    ("video", 3),
    ("violent", 3),
    ("whole", 1),
    ("wholesome", 2),
];

fn english(word: &str) -> u32 {
    if let Ok(at) = ENGLISH.binary_search_by(|(known, _)| (*known).cmp(word)) {
        return ENGLISH[at].1;
    }
    let letters: Vec<char> = word.chars().collect();
    let vowel: Vec<bool> = (0..letters.len()).map(|at| is_english_vowel(&letters, at)).collect();
    let groups = count(vowel.iter().enumerate().filter(|(at, v)| **v && (*at == 0 || !vowel[at - 1])));
    let more = hiatus(word, &vowel);
    let less = u32::from(silent_end(word, &vowel)) + u32::from(silent_middle(word, groups));
    (groups + more).saturating_sub(less).max(1)
}

/// "y" is a consonant at the start and between vowels; "u" belongs to "q".
fn is_english_vowel(letters: &[char], at: usize) -> bool {
    let plain = |at: usize| letters.get(at).is_some_and(|c| "aeiou".contains(*c));
    match letters[at] {
        'u' => at == 0 || letters[at - 1] != 'q',
        'y' => !(plain(at + 1) && (at == 0 || plain(at - 1))),
        _ => plain(at),
    }
}

/// Two vowels side by side that are two syllables: "go-ing", "try-ing", "se-ri-ous", "ra-di-o"; not "na-tion".
fn hiatus(word: &str, vowel: &[bool]) -> u32 {
    let before_ing = word.strip_suffix("ing").map_or(0, str::len);
    let ing = before_ing > 0 && vowel.get(before_ing - 1).copied().unwrap_or(false);
    let letters: Vec<char> = word.chars().collect();
    let split =
        letters.windows(3).any(|w| w[1] == 'i' && matches!(w[2], 'a' | 'o' | 'u') && !"aeiouctsgxq".contains(w[0]));
    u32::from(ing) + u32::from(split)
}

/// A final "e", "es" or "ed" that is not heard: "came", "times", "walked"; heard in "ankle", "places", "rested".
fn silent_end(word: &str, vowel: &[bool]) -> bool {
    let (stem, ending) = match word {
        w if w.ends_with("es") => (&w[..w.len() - 2], "es"),
        w if w.ends_with("ed") => (&w[..w.len() - 2], "ed"),
        w if w.ends_with('e') => (&w[..w.len() - 1], "e"),
        _ => return false,
    };
    let chars = stem.chars().count();
    let other_vowel = vowel[..chars.min(vowel.len())].contains(&true);
    let after_vowel = chars > 0 && vowel.get(chars - 1).copied().unwrap_or(false);
    let like_ankle = stem.ends_with('l') && stem.chars().rev().nth(1).is_some_and(|c| !"aeiouylrw".contains(c));
    let heard = match ending {
        "es" => ["s", "x", "z", "ch", "sh", "c", "g"].iter().any(|end| stem.ends_with(end)),
        "ed" => stem.ends_with(['t', 'd']),
        _ => false,
    };
    other_vowel && !after_vowel && !like_ankle && !heard
}

/// The "e" before an ending that was put on: "safe-ly", "move-ment", "care-ful".
fn silent_middle(word: &str, groups: u32) -> bool {
    groups > 2 && ["ely", "ement", "ements", "eful", "efully", "eless"].iter().any(|end| word.ends_with(end))
}

/// One for each vowel that does not lean on its neighbour: a weak one (i, u) does, unless it has an accent.
fn spanish(word: &str) -> u32 {
    let letters: Vec<char> = word.chars().collect();
    let mut syllables = 0;
    let mut before: Option<bool> = None;
    for at in 0..letters.len() {
        let strong = match spanish_vowel(&letters, at) {
            Some(strong) => strong,
            None => {
                before = None;
                continue;
            }
        };
        if before.is_none_or(|before| before && strong) {
            syllables += 1;
        }
        before = Some(strong);
    }
    syllables
}

/// Whether the sign is a vowel, and a strong one. The "u" of "que" and "gui" is not heard.
fn spanish_vowel(letters: &[char], at: usize) -> Option<bool> {
    let next = letters.get(at + 1).copied();
    match letters[at] {
        'a' | 'e' | 'o' | 'á' | 'é' | 'ó' | 'í' | 'ú' => Some(true),
        'u' if at > 0 && matches!(letters[at - 1], 'q' | 'g') && matches!(next, Some('e' | 'i' | 'é' | 'í')) => None,
        'i' | 'u' | 'ü' => Some(false),
        'y' if next.is_none() => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::ENGLISH;

    #[test]
    fn the_list_of_words_can_be_searched() {
        assert!(ENGLISH.is_sorted_by(|a, b| a.0 < b.0));
    }
}
