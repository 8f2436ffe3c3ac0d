//! Writes every page with believable content into a folder, to look at: `cargo run -p pages --example gallery -- FOLDER`.

#[path = "../samples/mod.rs"]
mod samples;

use pages::email::{Compiled, sample_context};
use std::{env, fs, io, path::Path};

const MAIL: &str = r#"
<mj-section><mj-column>
  <mj-text>Hello {{ patient.first_name }},</mj-text>
  <mj-text>your visit is on <strong>{{ visit.date }} at {{ visit.time }}</strong>{% if visit.zone_note %} ({{ visit.zone_note }}){% endif %}.</mj-text>
  <mj-text>{{ location.name }}<br />{{ location.address }}</mj-text>
  <mj-button href="{{ links.portal }}">See the details</mj-button>
</mj-column></mj-section>"#;

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).ok_or_else(|| io::Error::other("name the folder to write to"))?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    fs::write(folder.join("app.css"), pages::APP_CSS)?;
    for (name, page) in samples::every_page("Rivera, Alma") {
        let page = page.replace(pages::APP_CSS_PATH, "app.css").replace("/demo/mailbox/3/html", "mail.html");
        fs::write(folder.join(format!("{name}.html")), page)?;
    }
    let mail = Compiled::new("Your visit on {{ visit.date }}", MAIL, "Hello {{ patient.first_name }}")
        .and_then(|mail| mail.render(&sample_context()))
        .map_err(io::Error::other)?;
    fs::write(folder.join("mail.html"), mail.html)
}
