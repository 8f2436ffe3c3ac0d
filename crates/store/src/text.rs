//! How the engine's words stand in columns.

use care::chart::{Anchor, Source};

use crate::Error;

/// An anchor's text is its JSON: the same anchor always has the same.
pub fn anchor(anchor: &Anchor) -> Result<String, Error> {
    serde_json::to_string(anchor).map_err(|_| Error::unreadable("runs", "anchor"))
}

pub fn read_anchor(text: &str) -> Result<Anchor, Error> {
    serde_json::from_str(text).map_err(|_| Error::unreadable("runs", "anchor"))
}

pub fn source(source: Source) -> Result<String, Error> {
    serde_json::to_string(&source).map_err(|_| Error::unreadable("changes", "source"))
}

/// An enum that stands in a column as words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$about])* $variant,)+
        }

        impl $name {
            pub fn code(self) -> &'static str {
                match self {
                    $($name::$variant => $code,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> Result<Self, ()> {
                match text {
                    $($code => Ok($name::$variant),)+
                    _ => Err(()),
                }
            }
        }
    };
}
pub(crate) use words;

/// Reads a word written by `code()`.
pub fn word<T: std::str::FromStr>(text: &str, table: &'static str, column: &'static str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::unreadable(table, column))
}

/// Lower case without accents, for a prefix search that can use an index behind row-level security.
pub fn search_key(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(plain).collect()
}

fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}
