//! Which names were meant by one that does not exist.

/// The names closest to `word`, at most five: half of its letters may be wrong.
pub fn near(word: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    // Ids are short; a pasted page is not searched for.
    let word = word.chars().take(40).collect::<String>().to_lowercase();
    let most = (word.chars().count() / 2).max(2);
    let ranked = names.map(|name| (distance(&word, &name), name));
    let mut ranked: Vec<_> = ranked.filter(|(distance, _)| *distance <= most).collect();
    ranked.sort();
    ranked.truncate(5);
    ranked.into_iter().map(|(_, name)| name).collect()
}

/// How many letters must be put in, taken out or changed.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(other.chars()) {
            let least = (left + 1).min(*cell + 1).min(before + usize::from(a != b));
            before = *cell;
            *cell = least;
            left = least;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
