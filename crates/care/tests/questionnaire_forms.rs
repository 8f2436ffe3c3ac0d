//! What a form asks, and which answers count.

#![expect(clippy::unwrap_used, reason = "helpers of a test may stop it")]

use care::questionnaire::{Answers, Fault, Form, ItemKind};

const RIGHTS: &str = "version = 1\nlicence = \"CC0-1.0\"\nattribution = \"A\"\ntitle = { en = \"T\" }\n";

fn form(items: &str) -> Form {
    Form::read("f.toml", &format!("{RIGHTS}{items}")).unwrap().body
}

fn problem(items: &str) -> String {
    Form::read("f.toml", &format!("{RIGHTS}{items}")).unwrap_err().to_string()
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().copied().collect()
}

fn asked(form: &Form, given: &Answers) -> Vec<String> {
    form.walk(given).asked.into_iter().map(|asked| asked.place).collect()
}

fn with_condition(kind: &str, when: &str) -> Form {
    form(&format!(
        "items = [ {{ id = \"a\", kind = \"{kind}\", text = {{ en = \"A\" }} }},
                   {{ id = \"b\", kind = \"string\", text = {{ en = \"B\" }}, {when} }} ]"
    ))
}

#[test]
fn every_operator_shows_and_hides() {
    for (op, value, shown_for, hidden_for) in [
        ("=", "3", vec!["3", "3.0"], vec!["2", ""]),
        ("!=", "3", vec!["2"], vec!["3", ""]),
        (">", "3", vec!["3.5"], vec!["3", "-4", ""]),
        ("<", "3", vec!["2", "-9"], vec!["3", ""]),
        (">=", "3", vec!["3", "4"], vec!["2.9", ""]),
        ("<=", "3", vec!["3", "2"], vec!["3.1", ""]),
        ("exists", "true", vec!["0"], vec![""]),
        ("exists", "false", vec![""], vec!["0"]),
    ] {
        let form =
            with_condition("decimal", &format!("when = [{{ item = \"a\", op = \"{op}\", value = \"{value}\" }}]"));
        for (answer, shown) in shown_for.iter().map(|a| (a, true)).chain(hidden_for.iter().map(|a| (a, false))) {
            let places = asked(&form, &answers(&[("a", answer)]));
            assert_eq!(places.contains(&"b".to_owned()), shown, "{answer:?} {op} {value}");
        }
    }
}

#[test]
fn days_are_compared_as_days_and_codes_as_codes() {
    let day = with_condition("date", "when = [{ item = \"a\", op = \">\", value = \"2026-03-09\" }]");
    assert_eq!(asked(&day, &answers(&[("a", "2026-03-10")])), ["a", "b"]);
    assert_eq!(asked(&day, &answers(&[("a", "2026-03-09")])), ["a"]);
    let flag = with_condition("boolean", "when = [{ item = \"a\", op = \"=\", value = \"true\" }]");
    assert_eq!(asked(&flag, &answers(&[("a", "true")])), ["a", "b"]);
}

#[test]
fn all_conditions_or_any_of_them() {
    let two = "when = [{ item = \"a\", op = \">\", value = \"1\" }, { item = \"a\", op = \"<\", value = \"5\" }]";
    let all = with_condition("integer", two);
    let any = with_condition("integer", &format!("{two}, enable = \"any\""));
    assert_eq!((asked(&all, &answers(&[("a", "3")])).len(), asked(&all, &answers(&[("a", "7")])).len()), (2, 1));
    assert_eq!(asked(&any, &answers(&[("a", "7")])).len(), 2);
}

#[test]
fn what_is_hidden_hides_what_hangs_on_it_and_drops_its_answers() {
    let form = form(
        r#"items = [
        { id = "surgery", kind = "boolean", text = { en = "Surgery?" } },
        { id = "about", kind = "group", text = { en = "About it" },
          when = [{ item = "surgery", op = "=", value = "true" }], items = [
            { id = "kind", kind = "string", text = { en = "Which?" } },
            { id = "when", kind = "date", text = { en = "When?" } } ] },
        { id = "scar", kind = "boolean", text = { en = "Scar?" }, when = [{ item = "when", op = "exists", value = "true" }] },
    ]"#,
    );
    let all = answers(&[("surgery", "true"), ("kind", "knee"), ("when", "2026-01-02"), ("scar", "true")]);
    assert_eq!(form.walk(&all).answers, all);
    let mut changed = all.clone();
    changed.set("surgery", ["false"]);
    assert_eq!(asked(&form, &changed), ["surgery"]);
    assert_eq!(form.walk(&changed).answers, answers(&[("surgery", "false")]));
}

#[test]
fn a_group_is_asked_as_often_as_it_was_answered_and_each_time_stands_for_itself() {
    let form = form(
        r#"items = [{ id = "drugs", kind = "group", repeats = true, text = { en = "Medicine" }, items = [
        { id = "name", kind = "string", text = { en = "Name" }, required = true },
        { id = "more", kind = "group", text = { en = "More" }, items = [
          { id = "daily", kind = "boolean", text = { en = "Daily?" } },
          { id = "times", kind = "integer", text = { en = "Times" }, when = [{ item = "daily", op = "=", value = "true" }] } ] },
    ] }]"#,
    );
    assert_eq!(asked(&form, &Answers::default()), ["drugs", "name#1", "more#1", "daily#1"]);
    let two = answers(&[("name#1", "x"), ("daily#2", "true"), ("times#2", "3"), ("times#1", "9")]);
    let walk = form.walk(&two);
    let places: Vec<_> = walk.questions().map(|asked| asked.place.as_str()).collect();
    assert_eq!(places, ["name#1", "daily#1", "name#2", "daily#2", "times#2"]);
    assert_eq!(walk.answers.first("times#1"), None);
    assert_eq!(walk.first_open().unwrap().place, "name#2");
}

#[test]
fn sums_means_and_counts_are_worked_out_and_may_open_what_follows() {
    let form = form(
        r#"
        options.often = [ { code = "no", weight = 0, text = { en = "Never" } }, { code = "some", weight = 1.5, text = { en = "At times" } },
                          { code = "yes", weight = 3, text = { en = "Always" } } ]
        items = [
          { id = "a", kind = "choice", options = "often", text = { en = "A" } },
          { id = "b", kind = "choice", options = "often", text = { en = "B" } },
          { id = "sum", kind = "decimal", hidden = true, text = { en = "" }, calculated = { take = "sum", of = ["a", "b"] } },
          { id = "mean", kind = "decimal", text = { en = "Mean" }, calculated = { take = "mean", of = ["a", "b"], round = 0 } },
          { id = "count", kind = "integer", hidden = true, text = { en = "" }, calculated = { take = "count", of = ["a", "b"] } },
          { id = "more", kind = "string", text = { en = "More" }, when = [{ item = "sum", op = ">=", value = "3" }] },
        ]"#,
    );
    let walk = form.walk(&answers(&[("a", "yes"), ("b", "no"), ("mean", "99")]));
    let got = |place: &str| walk.answers.first(place).map(str::to_owned);
    assert_eq!((got("sum"), got("mean"), got("count")), (Some("3".into()), Some("2".into()), Some("2".into())));
    assert_eq!(walk.asked.last().unwrap().place, "more");
    let none = form.walk(&Answers::default());
    assert_eq!((none.answers.first("sum"), none.answers.first("count")), (None, Some("0")));
}

#[test]
fn an_answer_that_cannot_be_is_a_fault_with_its_reason() {
    let form = form(
        r#"items = [
        { id = "n", kind = "integer", min = 0, max = 10, required = true, text = { en = "N" } },
        { id = "c", kind = "choice", options = [{ code = "x", text = { en = "X" } }], text = { en = "C" } },
        { id = "o", kind = "open-choice", options = [{ code = "x", text = { en = "X" } }], text = { en = "O" } },
        { id = "s", kind = "string", max_length = 3, text = { en = "S" } },
        { id = "d", kind = "date", text = { en = "D" } },
    ]"#,
    );
    for (place, answer, fault) in [
        ("n", "", Some(Fault::Missing)),
        ("n", "11", Some(Fault::AboveMax(10.0))),
        ("n", "-1", Some(Fault::BelowMin(0.0))),
        ("n", "2.5", Some(Fault::Unreadable(ItemKind::Integer))),
        ("n", "10", None),
        ("c", "y", Some(Fault::NotAnOption)),
        ("o", "something else", None),
        ("s", "ñññ", None),
        ("s", "four", Some(Fault::TooLong(3))),
        ("d", "2026-02-30", Some(Fault::Unreadable(ItemKind::Date))),
    ] {
        let mut given = answers(&[("n", "5")]);
        given.set(place, [answer]);
        let expected: Vec<_> = fault.into_iter().map(|fault| (place.to_owned(), fault)).collect();
        assert_eq!(form.walk(&given).faults(&form), expected, "{place} = {answer:?}");
    }
    let mut twice = answers(&[("n", "5")]);
    twice.set("d", ["2026-01-01", "2026-01-02"]);
    assert_eq!(form.walk(&twice).faults(&form), [("d".to_owned(), Fault::Several)]);
}

#[test]
fn one_answer_is_written_as_a_text_and_several_as_a_list() {
    let mut given = answers(&[("region", "knee")]);
    given.set("help", ["ice", "", "heat"]);
    let written = serde_json::to_string(&given).unwrap();
    assert_eq!(written, r#"{"help":["ice","heat"],"region":"knee"}"#);
    assert_eq!(serde_json::from_str::<Answers>(&written).unwrap(), given);
}

#[test]
fn a_form_that_contradicts_itself_names_the_question() {
    let question = |more: &str| format!("items = [{{ id = \"q\", text = {{ en = \"Q\" }}, {more} }}]");
    for (items, place, cure) in [
        ("items = []".to_owned(), "items", "at least one"),
        (question("kind = \"choice\""), "items.q", "needs them"),
        (question("kind = \"choice\", options = \"often\""), "items.q", "`often`"),
        (question("kind = \"integer\", slider = true"), "items.q", "`min` and `max`"),
        (question("kind = \"integer\", min = 3, max = 1"), "items.q", "more than"),
        (question("kind = \"group\""), "items.q", "needs items"),
        (question("kind = \"string\", when = [{ item = \"later\", op = \"=\", value = \"1\" }]"), "items.q", "`later`"),
        (question("kind = \"string\", about = \"q\""), "items.q", "no item before"),
        (question("kind = \"decimal\", calculated = { take = \"sum\", of = [] }"), "items.q", "names the questions"),
        (
            "scored = [\"x\"]\nitems = [{ id = \"q\", kind = \"string\", text = { en = \"Q\" } }]".into(),
            "scored",
            "`x`",
        ),
    ] {
        let said = problem(&items);
        assert!(said.starts_with(&format!("f.toml: {place}: ")) && said.contains(cure), "{said}");
    }
    let twice = "items = [{ id = \"q\", kind = \"string\", text = { en = \"Q\" } }, { id = \"q\", kind = \"string\", text = { en = \"Q\" } }]";
    assert!(problem(twice).contains("items.q: is there twice"));
}
