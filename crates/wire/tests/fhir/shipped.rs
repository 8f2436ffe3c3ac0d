//! Every questionnaire that ships goes out as FHIR and comes back as it was.

use std::fs;
use std::path::Path;

use care::questionnaire::Form;
use wire::fhir::{self, Questionnaire, Rights};

#[test]
fn every_questionnaire_that_ships_survives_the_way_through_fhir() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/questionnaires");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let item = Form::read("form.toml", &fs::read_to_string(&path).unwrap()).unwrap();
        let version = Some(item.header.version.to_string());
        let sent = Questionnaire { url: None, version, header: item.header, form: item.body, left_out: vec![] };
        let written = fhir::write(&sent).to_string();
        assert_eq!(fhir::read(&written, &Rights::default()), Ok(sent), "{}", path.display());
        count += 1;
    }
    assert!(count >= 12, "{count} questionnaires");
}
