//! Nothing loads without licence and attribution; what does not load names file, field and cure.

use care::library::{In, Item, Language, Licence, Reference};

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    title: In<String>,
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    minutes: u32,
}

const RIGHTS: &str = "version = 2\nlicence = \"CC-BY-4.0\"\nattribution = \"Stepping Stones\"\n";

fn read(text: &str) -> Result<Item<Note>, String> {
    Item::read("content/notes/rest.toml", text).map_err(|problem| problem.to_string())
}

#[test]
fn an_item_says_its_version_licence_and_attribution() {
    let item = read(&format!("{RIGHTS}title = {{ en = \"Rest\", es = \"Descanso\" }}")).unwrap();
    assert_eq!((item.header.version, item.header.attribution.as_str()), (2, "Stepping Stones"));
    assert_eq!(item.header.licence, Licence::Spdx("CC-BY-4.0".into()));
    assert_eq!(item.body.title.get(Language::of(Some("es-MX"))), "Descanso");
}

#[test]
fn a_permission_in_words_stands_for_a_licence() {
    let text = "version = 1\npermission = \"All uses, by the owner\"\nattribution = \"A\"\ntitle = { en = \"Rest\" }";
    let item = read(text).unwrap();
    assert_eq!(item.header.licence, Licence::Permission("All uses, by the owner".into()));
    assert_eq!(item.body.title.get(Language::Es), "Rest");
}

#[test]
fn each_missing_right_is_named_with_file_field_and_cure() {
    let title = "title = { en = \"Rest\" }";
    for (text, field, cure) in [
        (format!("version = 1\nattribution = \"A\"\n{title}"), "licence", "an SPDX id"),
        (format!("version = 1\nlicence = \"free\"\nattribution = \"A\"\n{title}"), "licence", "not an SPDX id"),
        (format!("version = 1\nlicence = \"MIT\"\n{title}"), "attribution", "name who made it"),
        (format!("version = 1\nlicence = \"MIT\"\nattribution = \" \"\n{title}"), "attribution", "not empty"),
        (format!("licence = \"MIT\"\nattribution = \"A\"\n{title}"), "version", "a whole number from 1"),
        (format!("version = 0\nlicence = \"MIT\"\nattribution = \"A\"\n{title}"), "version", "from 1"),
        (format!("{RIGHTS}permission = \"mine\"\n{title}"), "permission", "either"),
    ] {
        let said = read(&text).unwrap_err();
        assert!(said.starts_with(&format!("content/notes/rest.toml: {field}: ")), "{said}");
        assert!(said.contains(cure), "{said}");
    }
}

#[test]
fn a_misspelt_or_missing_key_is_named() {
    for (text, field) in [
        (format!("{RIGHTS}titel = \"Rest\"\n"), "titel"),
        (RIGHTS.to_owned(), "title"),
        (format!("{RIGHTS}title = {{ en = \"Rest\" }}\n[[parts]]\nminuts = 3"), "minuts"),
        (format!("{RIGHTS}title = {{ en = \"Rest\" }}\n[[parts]]\nminutes = \"three\""), "minutes"),
        (format!("{RIGHTS}title = {{ en = \"Rest\"\n"), "line 4"),
    ] {
        let said = read(&text).unwrap_err();
        assert!(said.split(": ").nth(1).unwrap().contains(field), "{field}: {said}");
    }
}

#[test]
fn a_name_is_a_kind_and_a_plain_word() {
    assert_eq!("exercise/bridge".parse::<Reference>().unwrap().to_string(), "exercise/bridge");
    for wrong in ["bridge", "exercise/", "exercise/Bridge", "song/bridge", "exercise/../secret"] {
        assert!(wrong.parse::<Reference>().is_err(), "{wrong}");
    }
}
