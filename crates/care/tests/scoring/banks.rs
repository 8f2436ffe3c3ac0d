//! A bank's file: what is wrong with it is named with its place.

use care::questionnaire::scoring::promis::Bank;

const GOOD: &str = r#"
name = "Small"
version = "1"
licence = "CC0-1.0"
[forms]
promis-ue-1a = ["A"]
[[items]]
id = "A"
slope = 2.0
thresholds = [-1.0, 0.0, 1.0]
"#;

fn said(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    Bank::parse(&GOOD.replace(from, to)).unwrap_err().to_string()
}

#[test]
fn a_good_bank_is_read() {
    let bank = Bank::parse(GOOD).unwrap();
    assert_eq!((bank.name.as_str(), bank.version.as_str()), ("Small", "1"));
    assert_eq!(bank.forms().map(|form| form.to_string()).collect::<Vec<_>>(), ["promis-ue-1a"]);
}

#[test]
fn a_bank_without_a_licence_is_not_read() {
    assert!(said("licence = \"CC0-1.0\"", "licence = \" \"").starts_with("licence is empty"));
    assert!(said("licence = \"CC0-1.0\"", "").contains("missing field `licence`"));
}

#[test]
fn parameters_that_cannot_be_are_named_with_their_item() {
    for slope in ["0.0", "-1.0", "20.1", "nan", "inf"] {
        assert_eq!(said("slope = 2.0", &format!("slope = {slope}")), "item `A`: slope must be above 0 and at most 20");
    }
    for thresholds in
        ["[]", "[0.0, 0.0]", "[1.0, 0.0]", "[nan]", "[0.0, inf]", "[0.0,1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0]"]
    {
        let said = said("[-1.0, 0.0, 1.0]", thresholds);
        assert!(said.starts_with("item `A`: thresholds must be"), "{thresholds}: {said}");
    }
    assert!(said("slope = 2.0", "slope = 2.0\nlowest = 999").starts_with("item `A`: lowest"));
    assert!(said("slope = 2.0", "slope = 2.0\nslop = 1").contains("unknown field `slop`"));
}

#[test]
fn forms_that_do_not_fit_their_items_are_named() {
    assert!(said("promis-ue-1a", "promis-xx-1a").starts_with("forms: `promis-xx-1a` is not a PROMIS form"));
    assert_eq!(said("promis-ue-1a", "promis-ue-2a"), "forms: `promis-ue-2a` lists 1 different items, its name says 2");
    assert_eq!(said("[\"A\"]", "[\"B\"]"), "forms: `promis-ue-1a` names item `B`, which is not among the items");
    let twice = format!("{GOOD}\n[[items]]\nid = \"A\"\nslope = 1.0\nthresholds = [0.0]\n");
    assert_eq!(
        Bank::parse(&twice).unwrap_err().to_string(),
        "items: `A` is there twice; an item has one set of parameters"
    );
}

#[test]
fn a_form_with_a_public_table_keeps_its_five_answers() {
    let four = GOOD.replace("promis-ue-1a = [\"A\"]", "promis-pf-4a = [\"A\", \"B\", \"C\", \"D\"]");
    let item = |id| format!("[[items]]\nid = \"{id}\"\nslope = 1.0\nthresholds = [0.0]\n");
    let said = Bank::parse(&format!("{four}{}{}{}", item("B"), item("C"), item("D"))).unwrap_err().to_string();
    assert!(said.starts_with("forms: `promis-pf-4a` has a public table for answers of 1 to 5"), "{said}");
}
