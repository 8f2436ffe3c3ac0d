//! The reading grade of a text: how many years of school it asks for.
//!
//! - English: Flesch-Kincaid grade level, `0.39 words/sentences + 11.8 syllables/words - 15.59` (Kincaid, Fishburne,
//!   Rogers and Chissom 1975, Research Branch Report 8-75, Naval Technical Training Command).
//! - Spanish: `0.049 SP - 0.205 OP - 3.407`, with syllables and sentences for each 100 words (Crawford 1984, "A Spanish
//!   language Fry-type readability procedure: elementary level"). It was made for the grades 1 to 6; above 6 it says
//!   "too hard", and not how much.
//!
//! Counted is what is read as text: headings are left out, and the end of a paragraph or of a point in a list ends a
//! sentence. A colon or a semicolon within a line does not, so that grades are rather too high than too low.
//!
//! ```
//! use care::library::{Language, grade};
//! let text = "Rest when you are tired. Then go for a short walk.";
//! assert!(grade::of(text, Language::En) < 2.0);
//! ```

mod prose;
mod syllables;

use super::Language;

/// What patients are asked to read stays at or below this grade.
pub const HIGHEST: f64 = 6.0;

/// How much there is of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub sentences: u32,
    pub words: u32,
    pub syllables: u32,
}

impl Counts {
    pub fn of(text: &str, language: Language) -> Self {
        let mut counts = Counts::default();
        for sentence in prose::sentences(text) {
            let words = prose::words(&sentence).map(|word| syllables::of(word, language));
            let said: Vec<u32> = words.collect();
            counts.sentences += u32::from(!said.is_empty());
            counts.words += u32::try_from(said.len()).unwrap_or(u32::MAX);
            counts.syllables += said.iter().sum::<u32>();
        }
        counts
    }

    /// A text without words asks for nothing.
    pub fn grade(self, language: Language) -> f64 {
        if self.words == 0 {
            return 0.0;
        }
        let (sentences, words, syllables) =
            (f64::from(self.sentences), f64::from(self.words), f64::from(self.syllables));
        match language {
            Language::En => 0.39 * words / sentences + 11.8 * syllables / words - 15.59,
            Language::Es => 0.049 * (100.0 * syllables / words) - 0.205 * (100.0 * sentences / words) - 3.407,
        }
    }
}

/// The grade of a text in markdown.
pub fn of(text: &str, language: Language) -> f64 {
    Counts::of(text, language).grade(language)
}
