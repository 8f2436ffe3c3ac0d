//! The library's closed lists and doses in the patient's words.

use care::library::{Dose, Equipment};
use pages::patient::Language;

/// "2 sets of 10, hold 5 seconds; once a day, 5 days a week".
pub fn dose_words(dose: &Dose, language: Language) -> String {
    let number = |of: Option<u16>| of.map(i64::from);
    let (sets, repetitions) = (number(dose.sets.map(|n| n.get())), number(dose.repetitions.map(|n| n.get())));
    let spanish = language == Language::Spanish;
    let how_much = match (sets, repetitions) {
        (Some(sets), Some(times)) if sets > 1 && spanish => Some(format!("{sets} series de {times}")),
        (Some(sets), Some(times)) if sets > 1 => Some(format!("{sets} sets of {times}")),
        (_, Some(times)) if spanish => Some(format!("{times} {}", if times == 1 { "vez" } else { "veces" })),
        (_, Some(times)) => Some(format!("{times} {}", if times == 1 { "time" } else { "times" })),
        (Some(sets), None) if spanish => Some(format!("{sets} series")),
        (Some(sets), None) => Some(format!("{sets} sets")),
        (None, None) => None,
    };
    let hold = dose.hold_seconds.map(|n| n.get());
    let hold = hold.map(|n| language.say(&format!("hold {n} seconds"), &format!("mantener {n} segundos")).to_owned());
    let minutes = dose.minutes.map(|n| n.get());
    let minutes = minutes.map(|n| language.say(&format!("{n} minutes"), &format!("{n} minutos")).to_owned());
    let much: Vec<String> = [how_much, hold, minutes].into_iter().flatten().collect();
    let often: Vec<String> = [a_day(dose, language), a_week(dose, language)].into_iter().flatten().collect();
    [much.join(", "), often.join(", ")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

fn a_day(dose: &Dose, language: Language) -> Option<String> {
    let words = match dose.times_a_day?.get() {
        1 => language.say("once a day", "una vez al día").to_owned(),
        n => language.say(&format!("{n} times a day"), &format!("{n} veces al día")).to_owned(),
    };
    Some(words)
}

fn a_week(dose: &Dose, language: Language) -> Option<String> {
    let words = match dose.days_a_week?.get() {
        7 => language.say("every day", "todos los días").to_owned(),
        1 => language.say("one day a week", "un día a la semana").to_owned(),
        n => language.say(&format!("{n} days a week"), &format!("{n} días a la semana")).to_owned(),
    };
    Some(words)
}

pub fn equipment_words(equipment: Equipment, language: Language) -> &'static str {
    let (english, spanish) = match equipment {
        Equipment::Ball => ("a ball", "una pelota"),
        Equipment::Band => ("an exercise band", "una banda elástica"),
        Equipment::Chair => ("a firm chair", "una silla firme"),
        Equipment::Counter => ("a kitchen counter", "una encimera"),
        Equipment::Doorway => ("a doorway", "el marco de una puerta"),
        Equipment::Mat => ("a mat or a bed", "una colchoneta o la cama"),
        Equipment::Pillow => ("a pillow", "una almohada"),
        Equipment::Step => ("a step", "un escalón"),
        Equipment::Stick => ("a stick", "un palo"),
        Equipment::Strap => ("a strap or a belt", "una correa o un cinturón"),
        Equipment::Table => ("a table", "una mesa"),
        Equipment::Towel => ("a towel", "una toalla"),
        Equipment::Wall => ("a wall", "una pared"),
        Equipment::Weight => ("a light weight", "una pesa ligera"),
    };
    match language {
        Language::English => english,
        Language::Spanish => spanish,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::library::UpTo;

    #[test]
    fn a_dose_says_how_much_and_how_often() {
        let dose = Dose {
            sets: UpTo::new(2),
            repetitions: UpTo::new(10),
            hold_seconds: UpTo::new(5),
            minutes: None,
            times_a_day: UpTo::new(1),
            days_a_week: UpTo::new(5),
        };
        assert_eq!(dose_words(&dose, Language::English), "2 sets of 10, hold 5 seconds; once a day, 5 days a week");
        let walk = Dose { minutes: UpTo::new(20), days_a_week: UpTo::new(7), ..Dose::default() };
        assert_eq!(dose_words(&walk, Language::Spanish), "20 minutos; todos los días");
    }
}
