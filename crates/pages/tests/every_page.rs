//! Every page with sample data, and once more with a hostile patient's name.

#[path = "../samples/mod.rs"]
mod samples;

const HOSTILE: &str = r#"<script>alert("x")</script>'"#;

/// The opening tags of `page` with this name, without what is between them.
fn tags<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let opening = format!("<{name}");
    let starts = page.match_indices(&opening).map(|(at, _)| &page[at..]);
    let whole = starts.filter(|rest| rest[opening.len()..].starts_with([' ', '>', '\n']));
    whole.filter_map(|rest| Some(rest.split_once('>')?.0)).collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let rest = tag.split_once(&format!(" {name}=\""))?.1;
    Some(rest.split_once('"')?.0)
}

#[test]
fn no_page_carries_script_or_inline_style_even_for_a_hostile_name() {
    for (file, page) in samples::every_page(HOSTILE) {
        let page = page.to_lowercase();
        for banned in ["<script", "style=", "<style", "javascript:", " onclick", " onload", " onsubmit", " onchange"] {
            assert!(!page.contains(banned), "{file} contains {banned}");
        }
    }
}

#[test]
fn a_hostile_name_is_shown_as_text() {
    let shown: Vec<_> =
        samples::every_page(HOSTILE).into_iter().filter(|(_, page)| page.contains("&#60;script&#62;")).collect();
    assert!(shown.len() >= 8, "the name is on the pages of patients, visits, decisions and mails: {}", shown.len());
}

#[test]
fn every_page_has_one_heading_a_title_a_language_and_a_main_part() {
    for (file, page) in samples::every_page("Alma") {
        let head = page.split("</head>").next().expect("a head");
        assert_eq!(tags(head, "title").len(), 1, "{file}: title");
        assert_eq!(tags(&page, "h1").len(), 1, "{file}: h1");
        assert_eq!(tags(&page, "main").len(), 1, "{file}: main");
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"e"), "{file}: language");
    }
}

#[test]
fn every_input_has_a_label() {
    for (file, page) in samples::every_page("Alma") {
        for tag in tags(&page, "input").into_iter().chain(tags(&page, "select")) {
            if attribute(tag, "type") == Some("hidden") {
                continue;
            }
            let by_id = attribute(tag, "id").is_some_and(|id| page.contains(&format!("<label for=\"{id}\"")));
            let before = &page[..tag.as_ptr() as usize - page.as_ptr() as usize];
            let inside = before.rfind("<label").is_some_and(|label| !before[label..].contains("</label"));
            assert!(by_id || inside, "{file}: {tag}");
        }
    }
}

#[test]
fn every_form_that_changes_something_carries_the_csrf_token() {
    for (file, page) in samples::every_page("Alma") {
        for form in page.split("<form ").skip(1) {
            let form = form.split("</form>").next().expect("a form ends");
            if form.starts_with("method=\"post\"") {
                assert!(form.contains("name=\"csrf\" value=\"csrf-token\""), "{file}: {form}");
            } else {
                assert!(form.starts_with("method=\"get\""), "{file}: {form}");
            }
        }
    }
}

#[test]
fn every_table_has_a_caption_and_headings_with_a_scope() {
    for (file, page) in samples::every_page("Alma") {
        assert_eq!(tags(&page, "table").len(), tags(&page, "caption").len(), "{file}");
        for heading in tags(&page, "th") {
            assert!(attribute(heading, "scope").is_some(), "{file}: {heading}");
        }
    }
}

#[test]
fn ids_are_unique_and_what_refers_to_them_exists() {
    for (file, page) in samples::every_page("Alma") {
        let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{file}: {ids:?}");
        for kind in [" aria-labelledby=\"", " aria-describedby=\"", " for=\""] {
            for value in page.split(kind).skip(1).filter_map(|rest| rest.split('"').next()) {
                for id in value.split_whitespace() {
                    assert!(ids.contains(&id), "{file}: {id}");
                }
            }
        }
    }
}

#[test]
fn every_element_is_closed_in_order() {
    const VOID: [&str; 7] = ["meta", "link", "input", "br", "!DOCTYPE", "hr", "img"];
    for (file, page) in samples::every_page("Alma") {
        let mut open: Vec<&str> = Vec::new();
        for piece in page.split('<').skip(1) {
            let tag = piece.split('>').next().expect("a tag ends");
            let name = tag.split([' ', '\n', '/']).find(|part| !part.is_empty()).expect("a tag has a name");
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name), "{file}: near {}", &piece[..piece.len().min(60)]);
            } else if !tag.ends_with('/') && !VOID.contains(&name) {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{file}: {open:?}");
    }
}

#[test]
fn an_active_workflow_is_switched_off_by_the_same_address_and_an_undo_is_offered() {
    let pages: std::collections::BTreeMap<_, _> = samples::every_page("Alma").into_iter().collect();
    let switch = pages["workflow"].split("action=\"/workflows/intake/activation\"").nth(1).expect("a switch");
    assert!(switch.split("</form>").next().expect("form").contains("name=\"_method\" value=\"DELETE\""));
    let off = pages["workflow-new"].split("action=\"/workflows/intake/activation\"").nth(1).expect("a switch");
    assert!(!off.split("</form>").next().expect("form").contains("_method"));
    assert!(pages["home"].contains(">Undo</button>"));
}
