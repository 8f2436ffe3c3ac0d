//! The colours of the style sheet against WCAG 2.2 AA, in light and dark.

use std::collections::BTreeMap;

type Palette<'a> = BTreeMap<&'a str, &'a str>;

/// Light, then dark with what it leaves as it was.
fn palettes() -> [Palette<'static>; 2] {
    let (light, rest) = pages::APP_CSS.split_once("prefers-color-scheme: dark").unwrap_or_default();
    let (dark, _) = rest.split_once("*, *::before").unwrap_or_default();
    let light = colours(light);
    let both = light.clone().into_iter().chain(colours(dark)).collect();
    [light, both]
}

fn colours(css: &'static str) -> Palette<'static> {
    let properties =
        css.lines().filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": #"));
    properties.collect()
}

fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap_or_default()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn contrast(palette: &Palette<'_>, one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(palette[one]), luminance(palette[other]));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_can_be_read() {
    let texts = [
        ("ink", "surface"),
        ("ink", "ground"),
        ("ink", "sunken"),
        ("ink", "dim"),
        ("ink", "accent-soft"),
        ("quiet", "surface"),
        ("quiet", "ground"),
        ("quiet", "sunken"),
        ("quiet", "dim"),
        ("quiet", "accent-soft"),
        ("quiet", "wait-soft"),
        ("accent", "surface"),
        ("accent", "ground"),
        ("accent", "sunken"),
        ("accent", "dim"),
        ("accent-strong", "accent-soft"),
        ("accent-strong", "surface"),
        ("accent-strong", "ground"),
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("good", "good-soft"),
        ("wait", "wait-soft"),
        ("problem", "problem-soft"),
        ("note", "note-soft"),
        ("good", "surface"),
        ("problem", "surface"),
        ("problem", "sunken"),
        ("wait", "surface"),
    ];
    let [light, dark] = palettes();
    assert_ne!(light["ground"], dark["ground"], "both palettes are found");
    for palette in [light, dark] {
        for (text, ground) in texts {
            let ratio = contrast(&palette, text, ground);
            assert!(ratio >= 4.5, "{text} on {ground}: {ratio:.2}");
        }
    }
}

#[test]
fn every_edge_of_a_control_and_every_sign_can_be_seen() {
    let kinds = ["email", "text", "questionnaire", "exercise", "education", "care-plan", "review", "team", "webhook"];
    for palette in palettes() {
        for ground in ["surface", "ground", "sunken"] {
            let ratio = contrast(&palette, "edge", ground);
            assert!(ratio >= 3.0, "edge on {ground}: {ratio:.2}");
        }
        for kind in kinds.map(|kind| format!("k-{kind}")) {
            let ratio = contrast(&palette, &kind, "surface");
            assert!(ratio >= 3.0, "{kind}: {ratio:.2}");
        }
    }
}
