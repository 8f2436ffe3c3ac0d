//! Forms of every shape, built from a tape of random bytes: two bytes decide alike decide the same.

use std::collections::BTreeMap;

use care::library::{Header, In, Licence};
use care::questionnaire::{
    Answers, Audience, Calculation, Choice, Condition, Enable, Form, Item, ItemKind, Operator, Options, Setting, Take,
};
use proptest::prelude::*;
use wire::fhir::Questionnaire;

pub struct Tape {
    bytes: Vec<u8>,
    at: usize,
}

impl Tape {
    /// A number below `n`; 0 when the tape has run out.
    fn pick(&mut self, n: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte) % n
    }

    fn coin(&mut self) -> bool {
        self.pick(3) == 1
    }

    fn words(&mut self) -> In<String> {
        let word = ["Walk", "“Why?” <b>", "a  b", "1) ñ 'x'", "¿Sí\nno?"][self.pick(5)];
        In { en: word.into(), es: self.coin().then(|| format!("es {word}")) }
    }
}

const KINDS: [ItemKind; 12] = [
    ItemKind::Group,
    ItemKind::Display,
    ItemKind::Boolean,
    ItemKind::Integer,
    ItemKind::Decimal,
    ItemKind::Date,
    ItemKind::DateTime,
    ItemKind::Time,
    ItemKind::String,
    ItemKind::Text,
    ItemKind::Choice,
    ItemKind::OpenChoice,
];

/// A form, and answers to it.
pub fn any() -> impl Strategy<Value = (Questionnaire, Answers)> {
    proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600).prop_map(|bytes| {
        let mut tape = Tape { bytes, at: 0 };
        let form = form(&mut tape);
        let mut answers = Answers::default();
        answer(&form, &form.items, "", &mut tape, &mut answers);
        let licence =
            if tape.coin() { Licence::Spdx("CC0-1.0".into()) } else { Licence::Permission("All uses".into()) };
        let source = tape.coin().then(|| "A journal".to_owned());
        let header = Header { version: 3, licence, attribution: "Us".into(), source };
        let url = tape.coin().then(|| "https://forms.example/walk".to_owned());
        let header = Header { source: header.source.or(url.clone()), ..header };
        (Questionnaire { url, version: Some("3".into()), header, form, left_out: vec![] }, answers)
    })
}

fn form(tape: &mut Tape) -> Form {
    let mut form = Form {
        calibration: None,
        title: tape.words(),
        intro: tape.coin().then(|| tape.words()),
        audience: if tape.coin() { Audience::Staff } else { Audience::Patient },
        setting: if tape.coin() { Setting::Clinic } else { Setting::Anywhere },
        instrument: None,
        scored: vec![],
        options: BTreeMap::new(),
        items: vec![],
    };
    let mut build = Build { tape, before: vec![], options: BTreeMap::new(), count: 0 };
    let top = 1 + build.tape.pick(7);
    form.items = (0..top).map(|_| build.item(0, false)).collect();
    form.scored = build.before.iter().filter(|_| build.tape.coin()).map(|(item, _)| item.id.clone()).collect();
    form.options = build.options;
    form
}

struct Build<'t> {
    tape: &'t mut Tape,
    /// The questions so far, and whether they are asked several times.
    before: Vec<(Item, bool)>,
    options: BTreeMap<String, Vec<Choice>>,
    count: usize,
}

impl Build<'_> {
    fn item(&mut self, depth: usize, again: bool) -> Item {
        self.count += 1;
        let id = format!("q{}{}", self.count, ["", "/a", "-b_", ".c"][self.tape.pick(4)]);
        let kind = if depth > 2 { ItemKind::Text } else { KINDS[self.tape.pick(12)] };
        let mut item = Item {
            id,
            kind,
            text: self.tape.words(),
            help: self.tape.coin().then(|| self.tape.words()),
            required: self.tape.coin(),
            repeats: self.tape.coin(),
            hidden: self.tape.coin(),
            slider: false,
            min: None,
            max: None,
            max_length: None,
            initial: None,
            options: kind.has_options().then(|| self.options()),
            when: vec![],
            enable: Enable::All,
            calculated: None,
            returns: self.tape.coin(),
            about: None,
            items: vec![],
        };
        self.limits(&mut item);
        self.refer(&mut item);
        item.initial = (kind.asks() && self.tape.coin()).then(|| self.said(&item));
        if kind.asks() {
            self.before.push((item.clone(), again));
        }
        if kind == ItemKind::Group || (kind.asks() && self.tape.pick(6) == 1) {
            let again = again || (item.repeats && kind == ItemKind::Group);
            item.items = (0..1 + self.tape.pick(3)).map(|_| self.item(depth + 1, again)).collect();
        }
        item
    }

    fn options(&mut self) -> Options {
        let weighted = self.tape.coin();
        let choice = |(n, tape): (usize, &mut Tape)| Choice {
            code: format!("code {n}"),
            text: tape.words(),
            weight: weighted.then_some([0.0, 1.5, -2.0][n]),
        };
        let choices = (0..1 + self.tape.pick(3)).map(|n| choice((n, self.tape))).collect();
        if self.tape.coin() {
            let name = format!("list.{}", self.count);
            self.options.insert(name.clone(), choices);
            return Options::Shared(name);
        }
        Options::Own(choices)
    }

    fn limits(&mut self, item: &mut Item) {
        if matches!(item.kind, ItemKind::Integer | ItemKind::Decimal) && self.tape.coin() {
            (item.min, item.max) = (Some(-1.0), Some(10.0));
            item.slider = self.tape.coin();
        }
        if matches!(item.kind, ItemKind::String | ItemKind::Text) && self.tape.coin() {
            item.max_length = Some(80);
        }
    }

    /// Conditions, a calculation and what it is about, of questions before it.
    fn refer(&mut self, item: &mut Item) {
        let once: Vec<Item> = self.before.iter().filter(|(_, again)| !again).map(|(item, _)| item.clone()).collect();
        if item.kind == ItemKind::Decimal && !once.is_empty() && self.tape.coin() {
            let take = [Take::Sum, Take::Mean, Take::Count][self.tape.pick(3)];
            let of = (0..1 + self.tape.pick(3)).map(|_| once[self.tape.pick(once.len())].id.clone()).collect();
            let round = self.tape.coin().then(|| u8::try_from(self.tape.pick(4)).unwrap());
            item.calculated = Some(Calculation { take, of, round });
        }
        for _ in 0..self.tape.pick(3) {
            if self.before.is_empty() {
                return;
            }
            let question = self.before[self.tape.pick(self.before.len())].0.clone();
            let op = Operator::ALL[self.tape.pick(7)];
            let value = if op == Operator::Exists { self.tape.coin().to_string() } else { self.said(&question) };
            item.when.push(Condition { item: question.id.clone(), op, value });
            item.enable = if self.tape.coin() { Enable::Any } else { Enable::All };
            item.about = self.tape.coin().then_some(question.id);
        }
    }

    fn said(&mut self, item: &Item) -> String {
        let choices = match &item.options {
            None => vec![],
            Some(Options::Own(choices)) => choices.clone(),
            Some(Options::Shared(name)) => self.options[name].clone(),
        };
        said(item.kind, &choices, self.tape)
    }
}

fn said(kind: ItemKind, choices: &[Choice], tape: &mut Tape) -> String {
    let two = match kind {
        ItemKind::Group | ItemKind::Display => ["", ""],
        ItemKind::Boolean => ["true", "false"],
        ItemKind::Integer => ["0", "-7"],
        ItemKind::Decimal => ["3", "-0.125"],
        ItemKind::Date => ["2026-03-01", "1950-12-31"],
        ItemKind::DateTime => ["2026-03-01T10:00:00", "2026-03-01T00:00:01"],
        ItemKind::Time => ["23:59:00", "00:00:00"],
        ItemKind::String | ItemKind::Text => ["up the stairs", "ñ \" 1"],
        ItemKind::Choice => return choices[tape.pick(choices.len())].code.clone(),
        ItemKind::OpenChoice if tape.coin() => return choices[tape.pick(choices.len())].code.clone(),
        ItemKind::OpenChoice => ["words of my own", "7"],
    };
    two[tape.pick(2)].to_owned()
}

fn answer(form: &Form, items: &[Item], round: &str, tape: &mut Tape, answers: &mut Answers) {
    for item in items {
        if item.kind.asks() {
            let count = tape.pick(if item.repeats { 3 } else { 2 });
            let texts: Vec<String> = (0..count).map(|_| said(item.kind, form.choices(item), tape)).collect();
            let place = if round.is_empty() { item.id.clone() } else { format!("{}#{round}", item.id) };
            answers.set(place, texts);
        }
        let rounds = if item.kind == ItemKind::Group && item.repeats { 1 + tape.pick(3) } else { 0 };
        for nth in 1..=rounds {
            let inner = if round.is_empty() { nth.to_string() } else { format!("{round}.{nth}") };
            answer(form, &item.items, &inner, tape, answers);
        }
        if rounds == 0 {
            answer(form, &item.items, round, tape, answers);
        }
    }
}
