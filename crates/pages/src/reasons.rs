//! The closed list of reasons in plain words. A code is for support, the words are for the person who asks "why not?".

/// Every reason the engine can give, in the order of docs/SEMANTICS.md section 6.
pub const REASON_CODES: [&str; 44] = [
    "trigger_not_met",
    "not_in_group",
    "left_group",
    "workflow_inactive",
    "not_for_this_location",
    "already_ran",
    "too_soon_since_last_run",
    "loading",
    "late",
    "expired",
    "collapsed",
    "joined_into_other_message",
    "anchor_cancelled",
    "anchor_moved",
    "anchor_no_longer_valid",
    "state_corrected",
    "episode_discharged",
    "goal_reached",
    "already_given",
    "patient_deceased",
    "patient_inactive",
    "patient_merged",
    "test_patient",
    "do_not_contact",
    "no_consent",
    "opted_out",
    "no_guardian",
    "no_address",
    "placeholder_address",
    "address_suppressed",
    "channel_not_set_up",
    "channel_down",
    "send_rule",
    "attention_budget",
    "quiet_hours",
    "stale_feed",
    "closed_day",
    "content_withdrawn",
    "superseded_by_version",
    "stopped_by_staff",
    "refused_by_gateway",
    "gave_up",
    "uncertain_held",
    "loop_limit",
];

/// What staff can do about it, if anything; `None` also for a code that is not on the list.
pub fn reason_cure(code: &str, language: &str) -> Option<&'static str> {
    let (english, spanish) = cure(code)?;
    Some(if language == "es" { spanish } else { english })
}

fn cure(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "not_in_group" | "left_group" => (
            "Look at the line that says no. If the record is wrong, correct it.",
            "Mire la línea que dice que no. Si el registro está mal, corríjalo.",
        ),
        "trigger_not_met" => (
            "Look at what the filter saw. If the visit is wrong, correct it.",
            "Mire lo que vio el filtro. Si la cita está mal, corríjala.",
        ),
        "workflow_inactive" => ("An administrator can switch it on.", "Un administrador puede activarlo."),
        "not_for_this_location" => {
            ("Check the location, and where the workflow is used.", "Revise la sede y dónde se usa el flujo.")
        }
        "loading" => {
            ("An administrator can set the connection live.", "Un administrador puede poner en marcha la conexión.")
        }
        "late" | "expired" => {
            ("If it still matters, tell the patient yourself.", "Si aún importa, avise usted al paciente.")
        }
        "patient_deceased" | "patient_inactive" | "test_patient" => {
            ("If that is wrong, correct the record.", "Si no es así, corrija el registro.")
        }
        "do_not_contact" => (
            "If the patient wants messages again, take the mark off under “Edit details”.",
            "Si el paciente quiere mensajes otra vez, quite la marca en los detalles.",
        ),
        "no_consent" | "opted_out" => (
            "Ask the patient, and record the answer on the patient’s page.",
            "Pregunte al paciente y anote la respuesta en su página.",
        ),
        "no_guardian" => ("Add the guardian under “Edit details”.", "Agregue al tutor en los detalles."),
        "no_address" => (
            "Ask for an email or a mobile number and add it to the record.",
            "Pida un correo o un celular y agréguelo al registro.",
        ),
        "placeholder_address" => {
            ("Ask for the real address and correct it.", "Pida la dirección verdadera y corríjala.")
        }
        "address_suppressed" => (
            "Ask for another address. If the patient wants this one back, an administrator can lift the stop.",
            "Pida otra dirección. Si el paciente quiere esta, un administrador puede levantar el bloqueo.",
        ),
        "channel_not_set_up" => (
            "Ask the person who runs the server to set it up.",
            "Pida a quien administra el servidor que lo configure.",
        ),
        "channel_down" => ("It is tried again by itself.", "Se intenta otra vez solo."),
        "attention_budget" => ("It goes on the next day with room.", "Sale el próximo día con espacio."),
        "quiet_hours" => ("It goes out in the morning.", "Sale por la mañana."),
        "stale_feed" => ("Check the connection to the EMR.", "Revise la conexión con el EMR."),
        "closed_day" => ("Move the visit, or open the day again.", "Cambie la cita o abra el día otra vez."),
        "content_withdrawn" => (
            "Check the template of the step, and the licence of its form.",
            "Revise la plantilla del paso y la licencia del formulario.",
        ),
        "refused_by_gateway" | "gave_up" => {
            ("Check the address with the patient.", "Revise la dirección con el paciente.")
        }
        "uncertain_held" => ("Decide it on the page Today.", "Decídalo en la página Today."),
        "loop_limit" => ("Check which workflows start one another.", "Revise qué flujos se inician entre sí."),
        _ => return None,
    })
}

/// Plain words for a reason code; `language` is "en" or "es" (anything else reads English). `None` = not on the list.
pub fn reason_words(code: &str, language: &str) -> Option<&'static str> {
    let (english, spanish) = both(code)?;
    Some(if language == "es" { spanish } else { english })
}

fn both(code: &str) -> Option<(&'static str, &'static str)> {
    about_the_workflow(code).or_else(|| about_the_patient(code)).or_else(|| about_the_sending(code))
}

fn about_the_workflow(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "trigger_not_met" => ("What starts this workflow has not happened", "No ha ocurrido lo que inicia este flujo"),
        "not_in_group" => ("The patient is not in the patient group", "El paciente no está en el grupo"),
        "left_group" => ("The patient is no longer in the patient group", "El paciente ya no está en el grupo"),
        "workflow_inactive" => ("The workflow is switched off", "El flujo está desactivado"),
        "not_for_this_location" => ("The workflow does not run at this location", "El flujo no se usa en esta sede"),
        "already_ran" => ("The workflow has already run for this", "El flujo ya se ejecutó para esto"),
        "too_soon_since_last_run" => ("It ran too short a time ago", "Se ejecutó hace muy poco tiempo"),
        "loading" => ("The records were still being loaded", "Los datos aún se estaban cargando"),
        "late" => ("It was too late for this step", "Era demasiado tarde para este paso"),
        "expired" => ("The time in which it was useful is over", "Pasó el tiempo en que era útil"),
        "collapsed" => (
            "Only the latest of several missed repeats goes out",
            "De varias repeticiones perdidas solo sale la última",
        ),
        "joined_into_other_message" => {
            ("It was sent as part of another message", "Se envió como parte de otro mensaje")
        }
        "anchor_cancelled" => ("The visit it belongs to was cancelled", "Se canceló la cita a la que pertenece"),
        "anchor_moved" => ("The visit moved, and the step moved with it", "La cita cambió y el paso cambió con ella"),
        "anchor_no_longer_valid" => {
            ("What it belongs to is no longer so", "Aquello a lo que pertenece ya no es válido")
        }
        "state_corrected" => ("The record was corrected", "Se corrigió el registro"),
        "episode_discharged" => ("The episode of care has ended", "El episodio de atención terminó"),
        "goal_reached" => ("The goal was already reached", "El objetivo ya se alcanzó"),
        "already_given" => ("The patient already has it", "El paciente ya lo tiene"),
        "content_withdrawn" => ("The content was withdrawn", "El contenido se retiró"),
        "superseded_by_version" => {
            ("A newer version of the workflow took over", "Lo reemplazó una versión más nueva del flujo")
        }
        "stopped_by_staff" => ("A member of the team stopped it", "Un miembro del equipo lo detuvo"),
        "loop_limit" => {
            ("Workflows kept starting one another, so it was stopped", "Los flujos se iniciaban entre sí y se detuvo")
        }
        _ => return None,
    })
}

fn about_the_patient(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "patient_deceased" => ("The patient has died", "El paciente falleció"),
        "patient_inactive" => ("The patient is inactive", "El paciente está inactivo"),
        "patient_merged" => ("The record was merged into another", "El registro se unió con otro"),
        "test_patient" => ("This is a test patient", "Es un paciente de prueba"),
        "do_not_contact" => ("The patient is marked do not contact", "El paciente está marcado como no contactar"),
        "no_consent" => ("Nobody has said yes to this kind of message", "Nadie ha dicho que sí a este tipo de mensaje"),
        "opted_out" => ("The patient opted out", "El paciente se dio de baja"),
        "no_guardian" => ("A child, and no guardian to write to", "Es menor y no hay un tutor a quien escribir"),
        "no_address" => ("No email or mobile number to send it to", "No hay correo ni celular para enviarlo"),
        "placeholder_address" => (
            "The address is made up, or too many people share it",
            "La dirección es inventada o la usan demasiadas personas",
        ),
        "address_suppressed" => {
            ("The address sent messages back, or said STOP", "La dirección devolvió mensajes o respondió STOP")
        }
        _ => return None,
    })
}

fn about_the_sending(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "channel_not_set_up" => {
            ("The clinic has not set up this way of sending", "La clínica no ha configurado este medio")
        }
        "channel_down" => ("The mail or text service does not answer now", "El servicio de mensajes no responde ahora"),
        "send_rule" => ("This message went out often enough already", "Este mensaje ya se envió las veces permitidas"),
        "attention_budget" => {
            ("The patient has had enough messages for now", "El paciente ya recibió suficientes mensajes")
        }
        "quiet_hours" => ("It waits for the end of quiet hours", "Espera a que terminen las horas de silencio"),
        "stale_feed" => (
            "The EMR feed is silent, so visits may have changed",
            "La conexión con el EMR no responde; las citas pudieron cambiar",
        ),
        "closed_day" => ("The location is closed that day", "La sede está cerrada ese día"),
        "refused_by_gateway" => ("The mail or text service refused it", "El servicio de mensajes lo rechazó"),
        "gave_up" => ("Sending failed too often, so it was given up", "El envío falló demasiadas veces"),
        "uncertain_held" => {
            ("It may have been sent; it is held until someone decides", "Quizá se envió; espera a que alguien decida")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_words_of_its_own_in_both_languages() {
        for language in ["en", "es"] {
            let words: std::collections::BTreeSet<_> =
                REASON_CODES.iter().map(|code| reason_words(code, language).expect(code)).collect();
            assert_eq!(words.len(), REASON_CODES.len(), "{language}: two reasons share their words");
        }
        assert!(REASON_CODES.iter().all(|code| reason_words(code, "en") != reason_words(code, "es")));
    }

    #[test]
    fn words_are_short_and_say_no_codes() {
        for code in REASON_CODES {
            for language in ["en", "es"] {
                let texts = [reason_words(code, language), reason_cure(code, language)];
                for text in texts.into_iter().flatten() {
                    assert!(text.split_whitespace().count() <= 20, "{code}: {text}");
                    let spelled = ["_", "anchor", "suppress", "gateway", "occurrence"];
                    assert!(spelled.iter().all(|word| !text.contains(word)), "{code}: {text}");
                }
            }
        }
    }

    #[test]
    fn what_can_be_done_is_said_in_both_languages_or_in_none() {
        for code in REASON_CODES {
            let (english, spanish) = (reason_cure(code, "en"), reason_cure(code, "es"));
            assert_eq!(english.is_some(), spanish.is_some(), "{code}");
            assert!(english.is_none() || english != spanish, "{code}");
        }
        assert!(reason_cure("no_address", "en").is_some() && reason_cure("because", "en").is_none());
    }

    #[test]
    fn a_code_off_the_list_has_no_words() {
        assert_eq!(reason_words("because", "en"), None);
    }
}
