//! Writes one page with all figures of content/exercises: `cargo run -p pages --example figures -- content OUT.html`.

use std::error::Error;
use std::fmt::Write;
use std::{env, fs};

use care::library::pose::Figure;
use pages::figure::{Moment, draw};

fn main() -> Result<(), Box<dyn Error>> {
    let mut given = env::args().skip(1);
    let (Some(content), Some(out)) = (given.next(), given.next()) else {
        return Err("say the content folder and the page to write".into());
    };
    let only: Vec<String> = given.collect();
    let mut files: Vec<_> = fs::read_dir(format!("{content}/exercises"))?.filter_map(Result::ok).collect();
    files.sort_by_key(fs::DirEntry::file_name);
    let mut page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Figures</title><style>{}\
         body{{padding:1rem}}.sheet{{display:grid;grid-template-columns:repeat(4,1fr);gap:1rem}}\
         .pair{{display:grid;grid-template-columns:1fr 1fr;gap:.5rem}}h2{{grid-column:1/-1}}</style><div class=sheet>",
        pages::APP_CSS
    );
    for file in files {
        let id = file.file_name().to_string_lossy().replace(".toml", "");
        if !only.is_empty() && !only.iter().any(|wanted| id.contains(wanted.as_str())) {
            continue;
        }
        let table: toml::Table = fs::read_to_string(file.path())?.parse()?;
        let figure: Figure = match table.get("figure").cloned().map(toml::Value::try_into) {
            Some(Ok(figure)) => figure,
            Some(Err(error)) => return Err(format!("{id}: {error}").into()),
            None => return Err(format!("{id}: no figure").into()),
        };
        let [start, end] = [Moment::Start, Moment::End].map(|moment| draw(&figure, moment, &id, ""));
        let _ = write!(page, "<div class='card'><div class=pair><h2>{id}</h2>{start}{end}</div></div>");
    }
    fs::write(out, page)?;
    Ok(())
}
