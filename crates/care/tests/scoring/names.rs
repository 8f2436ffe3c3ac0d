//! Ids.

use care::questionnaire::scoring::Instrument;
use care::questionnaire::scoring::promis::Form;

#[test]
fn every_instrument_is_found_by_its_id() {
    let forms = Form::published().map(Instrument::Promis);
    for instrument in Instrument::NAMED.iter().copied().chain(forms) {
        assert_eq!(Instrument::parse(&instrument.id()), Ok(instrument));
    }
}

#[test]
fn the_promised_ids_are_there() {
    let promised = "koos-jr hoos-jr phq-2 phq-9 gad-7 ndi oswestry modified-oswestry quickdash dash lefs kos-adls rmdq \
                    psfs nprs sane groc pgic recommendation tsk-11 fabq start-back promis-global-10 promis-pf-6b \
                    promis-pi-6a promis-pf-4a promis-pi-4a promis-pf-10a promis-dep-8a promis-ue-7a";
    for id in promised.split_whitespace() {
        assert_eq!(Instrument::parse(id).map(|instrument| instrument.id().into_owned()), Ok(id.to_owned()));
    }
}

#[test]
fn an_unknown_id_is_answered_with_those_near_to_it() {
    let near = |id: &str| Instrument::parse(id).unwrap_err().near;
    assert_eq!(near("quick-dash")[0], "quickdash");
    assert_eq!(near("PHQ9")[0], "phq-9");
    assert!(near("promis-depression-8a").contains(&"promis-dep-8a".to_owned()));
    assert_eq!(near("completely-something-else-altogether"), [""; 0]);
    let said = Instrument::parse("quick-dash").unwrap_err().to_string();
    assert!(said.starts_with("there is no instrument `quick-dash`; near to it: quickdash"), "{said}");
}

#[test]
fn a_form_has_one_name_only() {
    for id in [
        "promis-pf-06b",
        "promis-pf-6bb",
        "promis-pf-6B",
        "promis-pf-0a",
        "promis-pf-b",
        "promis--6b",
        "promis-pf-300a",
    ] {
        assert!(Instrument::parse(id).is_err(), "{id}");
    }
}
