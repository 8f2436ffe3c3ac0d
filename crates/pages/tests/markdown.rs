//! What becomes of markdown: our own articles, and what somebody hostile might write.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

use std::fs;
use std::path::Path;

use pages::Prose;

fn html(markdown: &str) -> String {
    Prose::of(markdown).to_string()
}

/// The bodies of all articles, with file and language.
fn bodies() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/education");
    let mut bodies = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let article: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        for language in ["en", "es"] {
            let body = article[language]["body"].as_str().unwrap().to_owned();
            bodies.push((format!("{} {language}", path.file_stem().unwrap().to_string_lossy()), body));
        }
    }
    bodies
}

#[test]
fn an_article_becomes_headings_paragraphs_and_lists() {
    let article = bodies().into_iter().find(|(name, _)| name == "ankle-sprain es").unwrap().1;
    insta::assert_snapshot!(html(&article));
}

#[test]
fn all_articles_are_made_of_few_tags_and_say_every_word() {
    for (name, body) in bodies() {
        let page = html(&body);
        let tags = page.split('<').skip(1).map(|rest| rest.split(['>', ' ']).next().unwrap().trim_start_matches('/'));
        let strange: Vec<_> =
            tags.filter(|t| !["p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a"].contains(t)).collect();
        assert!(strange.is_empty(), "{name}: {strange:?}");
        assert!(!page.contains('*') && !page.contains("##"), "{name}: a sign of markdown is left");
    }
}

#[test]
fn raw_html_is_shown_as_it_was_typed() {
    assert_eq!(html("Rest <b onclick=x>well</b>"), "<p>Rest &lt;b onclick=x&gt;well&lt;/b&gt;</p>\n");
    let block = html("<script>alert(1)</script>\n\nRest");
    assert!(!block.contains("<script") && block.contains("&lt;script&gt;") && block.contains("<p>Rest</p>"), "{block}");
    assert!(!html("<img src=x onerror=alert(1)>").contains("<img"));
}

#[test]
fn a_link_leads_to_the_web_a_mail_or_a_phone() {
    assert_eq!(html("[CDC](https://www.cdc.gov)"), "<p><a href=\"https://www.cdc.gov\">CDC</a></p>\n");
    assert_eq!(html("[Call](tel:988)"), "<p><a href=\"tel:988\">Call</a></p>\n");
    assert!(html("<https://www.cdc.gov>").contains("<a href="));
}

#[test]
fn any_other_link_is_only_its_words() {
    for address in
        ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example", "/patients", "vbscript:x"]
    {
        assert_eq!(
            html(&format!("See [this *page*]({address}) now")),
            "<p>See this <em>page</em> now</p>\n",
            "{address}"
        );
    }
    let within = html("[out](javascript:x) and [in](https://a.example \"t\")");
    assert_eq!(within, "<p>out and <a href=\"https://a.example\">in</a></p>\n");
    assert!(!html("[x](https://a.example/\"onmouseover=alert(1))").contains("\"onmouseover"));
}

#[test]
fn a_picture_becomes_its_description_and_a_first_heading_a_second() {
    assert_eq!(html("![a bed](https://a.example/b.png)"), "<p>a bed</p>\n");
    assert_eq!(html("# Rest"), "<h2>Rest</h2>\n");
    assert_eq!(html("```sh onload=x\nls <b>\n```"), "<pre><code>ls &lt;b&gt;\n</code></pre>\n");
}
