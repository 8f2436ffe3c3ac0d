//! What is written reads back as it was.

use proptest::prelude::*;
use wire::fhir::{self, Response, Rights, Status, response};

use crate::any_form;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_form_reads_back_as_it_was((questionnaire, _) in any_form::any()) {
        prop_assert_eq!(questionnaire.form.check(), Ok(()));
        let written = fhir::write(&questionnaire).to_string();
        prop_assert_eq!(fhir::read(&written, &Rights::default()), Ok(questionnaire), "{}", written);
    }

    #[test]
    fn every_answer_reads_back_in_its_place((questionnaire, answers) in any_form::any(), status in 0..5_usize) {
        let form = &questionnaire.form;
        let response = Response { questionnaire: None, status: Status::ALL[status], answers, left_out: vec![] };
        let written = response::write(form, &response).to_string();
        prop_assert_eq!(response::read(form, &written), Ok(response), "{}", written);
    }
}
