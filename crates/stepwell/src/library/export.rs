//! The library as the files it came from.

use std::path::{Path, PathBuf};

use care::library::{Header, Letter, Problem, Reference};
use store::{Error, LibraryRow};

use super::shelves::Shelves;
use super::{Content, files, read, video};

/// Items as files by their path in the folder.
pub async fn export(
    shelves: &mut impl Shelves,
    shelf: Vec<(LibraryRow, String)>,
) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut all = vec![];
    for (row, body) in shelf {
        let unreadable = |_| Error::unreadable("library_items", "body");
        if let (_, Content::Exercise(exercise)) = read(row.name.kind, "", &body).map_err(unreadable)?
            && let Some(path) = video::path_of(&exercise)
            && let Some(bytes) = shelves.video_bytes(&row.name.id, row.version).await?
        {
            all.push((path, bytes));
        }
        let files = files_of(&row.name, body).map_err(unreadable)?;
        all.extend(files.into_iter().map(|(path, text)| (path, text.into_bytes())));
    }
    Ok(all)
}

fn files_of(name: &Reference, body: String) -> Result<Vec<(String, String)>, Problem> {
    let (header, content) = read(name.kind, "", &body)?;
    let folder = format!("{}/{}", name.kind.folder(), name.id);
    match content {
        Content::Message(message) => {
            let mut all = vec![(format!("{folder}/about.toml"), about(&header)?)];
            for (language, letter) in message.letters() {
                all.extend(parts(letter).map(|(file, text)| (format!("{folder}/{}/{file}", language.code()), text)));
            }
            Ok(all)
        }
        Content::Questionnaire(_) | Content::Exercise(_) | Content::Education(_) | Content::CarePlan(_) => {
            Ok(vec![(format!("{folder}.toml"), body)])
        }
    }
}

fn about(header: &Header) -> Result<String, Problem> {
    files::about_text(header).map_err(|wrong| wrong.in_file("about.toml"))
}

fn parts(letter: &Letter) -> impl Iterator<Item = (&'static str, String)> {
    let Letter { subject, mjml, body, text } = letter.clone();
    let whole = [("subject.txt", format!("{subject}\n")), ("body.mjml", mjml), ("body.txt", body)];
    whole.into_iter().chain(text.map(|text| ("text.txt", text)))
}

/// Writes files into a folder that is empty, or not there yet.
pub fn write(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), String> {
    let said = |path: &Path, e: std::io::Error| format!("{}: {e}", path.display());
    std::fs::create_dir_all(dir).map_err(|e| said(dir, e))?;
    if std::fs::read_dir(dir).map_err(|e| said(dir, e))?.next().is_some() {
        return Err(format!("{}: is not empty: name a new folder", dir.display()));
    }
    for (path, bytes) in files {
        let file: PathBuf = dir.join(path);
        let folder = file.parent().unwrap_or(dir);
        std::fs::create_dir_all(folder).map_err(|e| said(folder, e))?;
        std::fs::write(&file, bytes).map_err(|e| said(&file, e))?;
    }
    Ok(())
}
