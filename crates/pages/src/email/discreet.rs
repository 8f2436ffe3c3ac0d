//! Words that no mail and no text may say: others may read over a shoulder. The lists are closed, and English and Spanish
//! are both looked for in every message.

/// Names of questionnaires, in any writing.
const INSTRUMENTS: &[&str] = &[
    "acl rsi",
    "adls",
    "dash",
    "fabq",
    "gad 2",
    "gad 7",
    "groc",
    "hoos",
    "ikdc",
    "kos",
    "koos",
    "lefs",
    "ndi",
    "neck disability",
    "nprs",
    "nps",
    "oswestry",
    "pain catastrophizing",
    "pgic",
    "phq",
    "promis",
    "psfs",
    "quickdash",
    "rmdq",
    "roland",
    "spadi",
    "start back",
    "tampa",
    "tsk",
    "visual analog",
    "womac",
];

const DIAGNOSES: &[&str] = &[
    "ansiedad",
    "anxiety",
    "arthritis",
    "arthroplasty",
    "artritis",
    "artrosis",
    "bursitis",
    "cancer",
    "capsulitis",
    "carpal tunnel",
    "ciática",
    "concussion",
    "conmoción",
    "cáncer",
    "demencia",
    "dementia",
    "depresion",
    "depresión",
    "depression",
    "derrame cerebral",
    "desgarro",
    "diabetes",
    "diagnosed",
    "diagnoses",
    "diagnosis",
    "diagnosticado",
    "diagnóstico",
    "diagnósticos",
    "discectomy",
    "dislocation",
    "esclerosis",
    "escoliosis",
    "esguince",
    "estenosis",
    "fibromialgia",
    "fibromyalgia",
    "fractura",
    "fracture",
    "hernia",
    "herniated",
    "hip replacement",
    "incontinence",
    "incontinencia",
    "knee replacement",
    "lesión",
    "manguito rotador",
    "neuropathy",
    "neuropatía",
    "osteoarthritis",
    "osteoporosis",
    "parkinson",
    "plantar fasciitis",
    "prótesis",
    "rotator cuff",
    "sciatica",
    "scoliosis",
    "sprain",
    "stenosis",
    "stroke",
    "tendinitis",
    "túnel carpiano",
    "vertigo",
];

const SCORES: &[&str] = &[
    "baseline",
    "calificación",
    "disability index",
    "discapacidad",
    "gravedad",
    "línea de base",
    "mcid",
    "moderate pain",
    "percent",
    "percentil",
    "percentile",
    "porcentaje",
    "puntaje",
    "puntajes",
    "puntos",
    "puntuación",
    "questionnaire score",
    "score",
    "scored",
    "scores",
    "severe",
    "severity",
    "your result",
];

/// The first word of the lists that `text` says, whatever its case and the signs around it.
pub fn indiscreet(text: &str) -> Option<&'static str> {
    let spaced = spaced(text);
    let said = |word: &&&'static str| spaced.contains(&format!(" {word} "));
    INSTRUMENTS.iter().chain(DIAGNOSES).chain(SCORES).find(said).copied()
}

/// Small letters, one space between words and at both ends: "PHQ-9." is " phq 9 ".
fn spaced(text: &str) -> String {
    let plain: String =
        text.chars().flat_map(char::to_lowercase).map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whatever_its_case_and_signs_around_it() {
        assert_eq!(indiscreet("Please fill in the PHQ-9."), Some("phq"));
        assert_eq!(indiscreet("Your QuickDASH"), Some("quickdash"));
        assert_eq!(indiscreet("STarT  Back tool"), Some("start back"));
        assert_eq!(indiscreet("tras su FRACTURA,"), Some("fractura"));
        assert_eq!(indiscreet("<p>su puntaje: 40</p>"), Some("puntaje"));
    }

    #[test]
    fn a_word_within_another_is_another_word() {
        assert_eq!(indiscreet("Your dashboard and the underscore; come back soon, start now"), None);
    }

    #[test]
    fn every_word_of_the_lists_can_be_found() {
        for word in INSTRUMENTS.iter().chain(DIAGNOSES).chain(SCORES) {
            assert!(indiscreet(&format!("Hola: {}!", word.to_uppercase())).is_some(), "{word}");
        }
    }
}
