//! Who sees the patient and where: the practitioner as sent, the place by the interface's list.

use care::chart::{Act, Write};

use super::field::Field;
use super::interface::{Interface, look_up};
use super::message::Segment;
use super::reading::VisitReading;

/// From the fields that may name the practitioner (XCN), the best first.
pub(super) fn practitioner(fields: &[Field], visit: &mut VisitReading) {
    let Some(field) = fields.iter().find(|f| !f.is_empty()) else {
        return;
    };
    if field.is_null() {
        visit.practitioner = Write::Clear;
        visit.practitioner_code = Write::Clear;
        return;
    }
    let code = field.component(1).value();
    let given = field.component(3).value();
    let family = field.component(2).subcomponent(1).value();
    let name: Vec<String> = [given, family].into_iter().flatten().collect();
    let name = Some(name.join(" ")).filter(|name| !name.is_empty());
    visit.practitioner = Write::some(name.clone().or(code.clone()));
    visit.practitioner_code = Write::some(code.or(name));
}

/// From the fields that may name the place (PL), the best first.
pub(super) fn location(fields: &[Field], interface: &Interface, visit: &mut VisitReading) {
    let codes = || {
        fields
            .iter()
            .flat_map(|field| [1, 4].map(|n| field.component(n).subcomponent(1)))
            .filter_map(|leaf| leaf.value())
    };
    if let Some(known) = codes().find_map(|code| look_up(&interface.locations, &code)) {
        visit.location = Write::Set(*known);
        return;
    }
    visit.location_seen = codes().next().filter(|_| !interface.locations.is_empty());
    // A later message that leaves the place out must not move the visit; where there is one place only, it cannot.
    if interface.locations.is_empty() || visit.act == Act::Book {
        visit.location = Write::some(interface.default_location);
    }
}

/// PV1-7, -17, -9: the referring doctor of PV1-8 does not see the patient.
pub(super) fn of_registration<'m>(pv1: Segment<'m>) -> [Field<'m>; 3] {
    [7, 17, 9].map(|number| pv1.field(number))
}
