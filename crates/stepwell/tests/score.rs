//! `stepwell score`, as it is called from outside.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::process::{Command, Output};

const BANK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../care/tests/scoring/invented-bank.toml");

fn stepwell(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stepwell")).arg("score").args(args).output().unwrap()
}

fn printed(args: &[&str]) -> String {
    let output = stepwell(args);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(args: &[&str]) -> String {
    let output = stepwell(args);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn it_prints_one_object_with_its_keys_in_the_promised_order() {
    assert_eq!(
        printed(&["koos-jr", "[2,2,1,3,2,2,3]"]),
        "{\"instrument\":\"koos-jr\",\"version\":\"1.0\",\"score\":50.012,\"range\":[0.0,100.0],\"higher_is\":\"better\",\
         \"answered\":7,\"unscored\":null,\"band\":null,\"sum\":15.0}\n"
    );
}

#[test]
fn what_an_instrument_has_besides_comes_after() {
    let ndi = printed(&["ndi", "[1,2,3,null,0,0,5,5,1,1]"]);
    assert!(ndi.contains("\"score\":20.0,") && ndi.ends_with("\"band\":\"moderate\",\"percent\":40.0}\n"), "{ndi}");
    let fabq = printed(&["fabq", "[0,6,6,6,6,1,1,0,1,1,1,1,0,0,null,0]"]);
    assert!(
        fabq.contains("\"scale\":\"physical_activity\",\"subscales\":{\"physical_activity\":24.0,\"work\":null}"),
        "{fabq}"
    );
}

#[test]
fn a_safety_answer_is_told_even_without_a_score() {
    let line = printed(&["phq-9", "[null,null,null,0,0,0,0,0,1]"]);
    assert!(line.contains("\"score\":null,") && line.contains("\"unscored\":\"too_few_answers\""), "{line}");
    assert!(line.ends_with("\"safety\":true}\n"), "{line}");
}

#[test]
fn impossible_answers_end_with_2_and_name_item_and_range() {
    assert_eq!(
        refused(&["lefs", "[0,1,2,3,4,5,0,0,0,0,0,0,0,0,0,0,0,0,0,0]"]),
        "stepwell: lefs: item 6 must be a whole number from 0 to 4, or null when it was not answered\n"
    );
    assert!(refused(&["nprs", "[-1]"]).contains("item 1 must be a whole number from 0 to 10"));
    assert!(refused(&["phq-2", "[1]"]).contains("1 answers were given, expected 2"));
    assert!(refused(&["phq-2", "[1,\"2\"]"]).contains("ANSWERS is not a JSON array of numbers and nulls"));
}

#[test]
fn an_unknown_instrument_ends_with_2_and_names_those_near_to_it() {
    assert!(refused(&["quick-dash", "[]"]).contains("near to it: quickdash"));
}

#[test]
fn a_negative_answer_needs_no_special_care() {
    assert!(printed(&["groc", "[-3]"]).contains("\"score\":-3.0"));
}

#[test]
fn a_form_without_a_table_needs_a_bank() {
    let six = "[3,3,3,3,3,3]";
    let without = printed(&["promis-pi-6a", six]);
    assert!(
        without.contains("\"unscored\":\"item_bank_needed\"") && without.contains("import an item bank"),
        "{without}"
    );
    let with = printed(&["promis-pf-10a", "[3,3,3,3,3,3,3,3,3,null]", "--bank", BANK]);
    assert!(with.contains("\"bank\":\"Invented items 0\"") && with.contains("\"theta\":"), "{with}");
    let other = stepwell(&["promis-pi-6a", six, "--bank", BANK]);
    assert_eq!(other.status.code(), Some(1));
    assert!(
        String::from_utf8(other.stderr)
            .unwrap()
            .contains("it has no form promis-pi-6a; it has promis-pi-4b, promis-pf-4a")
    );
}
