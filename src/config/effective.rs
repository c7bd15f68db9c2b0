//! The settings as they stand, each with where it came from; secrets masked.

use std::collections::BTreeSet;
use std::path::Path;

use figment::value::Value;
use figment::{Figment, Source};

use super::{Config, DEFAULTS, Error, gathered, known_keys};

/// Settings that are never shown.
const SECRETS: [&str; 3] = ["master_key", "previous_master_key", "smtp.url"];

/// The settings that would be used, as TOML in the order of the embedded file, each with a comment that says whether it
/// is the default or where else it was set. What cannot be used is refused as it would be at a start.
pub fn effective(file: Option<&Path>) -> Result<String, Error> {
    let (figment, _) = gathered(file)?;
    drop(figment.extract::<Config>().map_err(|error| Error::Figment(Box::new(error)))?);
    let mut lines = vec!["# fernamt config --default prints what each key means.".to_owned()];
    let mut table = String::new();
    for line in DEFAULTS.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            table = format!("{name}.");
            lines.push(format!("\n{line}"));
        } else if let Some(key) = key_of(line) {
            lines.push(shown(&figment, &table, key));
        }
    }
    Ok(lines.join("\n"))
}

/// The key that a line of the embedded file sets, or names as one that may be set.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.strip_prefix("# ").unwrap_or(line).split_once(" = ")?;
    key.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_').then_some(key)
}

fn shown(figment: &Figment, table: &str, key: &str) -> String {
    let path = format!("{table}{key}");
    let Ok(value) = figment.find_value(&path) else { return format!("# {key} is not set") };
    let value = if SECRETS.contains(&path.as_str()) { "\"(hidden)\"".to_owned() } else { in_toml(value) };
    format!("{key} = {value}  # {}", origin(figment, &path))
}

fn in_toml(value: Value) -> String {
    match toml::Value::try_from(value) {
        Ok(toml::Value::String(text)) => toml::Value::String(without_password(&text)).to_string(),
        Ok(value) => value.to_string(),
        Err(_) => "\"(not to be shown)\"".into(),
    }
}

fn origin(figment: &Figment, path: &str) -> String {
    let Some(found) = figment.find_metadata(path) else { return "default".into() };
    match &found.source {
        Some(Source::File(file)) => format!("file {}", file.display()),
        None if found.name.contains("environment") => {
            format!("environment: FERNAMT_{}", path.to_uppercase().replace('.', "__"))
        }
        Some(_) | None => "default".into(),
    }
}

/// An address of a database without the password in it.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let Some((user, place)) = rest.rsplit_once('@') else { return text.to_owned() };
    match user.split_once(':') {
        Some((name, _)) => format!("{scheme}://{name}:(hidden)@{place}"),
        None => text.to_owned(),
    }
}

/// Keys of a settings file that are none of ours, as "table.key".
pub(super) fn unknown_keys(text: &str) -> Vec<String> {
    let known = known_keys();
    let tables: BTreeSet<&str> = known.iter().filter_map(|key| Some(key.split_once('.')?.0)).collect();
    // What cannot be read at all is told by whoever reads it in earnest.
    let file: toml::Table = text.parse().unwrap_or_default();
    let mut unknown = Vec::new();
    for (name, value) in &file {
        match value.as_table() {
            Some(table) if tables.contains(name.as_str()) => {
                let keys = table.keys().map(|key| format!("{name}.{key}"));
                unknown.extend(keys.filter(|key| !known.contains(key)));
            }
            _ if known.contains(name) => {}
            Some(_) | None => unknown.push(name.clone()),
        }
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_defaults_stands_in_what_is_shown() {
        let shown = effective(None).unwrap();

        let read: toml::Table = shown.parse().unwrap();
        for key in known_keys() {
            let name = key.rsplit('.').next().unwrap();
            assert!(
                shown.contains(&format!("{name} = ")) || shown.contains(&format!("# {name} is not set")),
                "{key}"
            );
        }
        assert_eq!(read["calcom"]["look_after_ms"].as_array().map(Vec::len), Some(5), "{shown}");
        assert!(shown.contains("write_timeout_ms = 60000  # default"), "{shown}");
    }

    #[test]
    fn a_file_is_named_as_the_origin_and_secrets_are_hidden() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fernamt.toml");
        let text = "database_url = \"postgres://anna:geheim@db.example/fernamt\"\nmaster_key = \"geheim2\"\n[web]\nbody_max_bytes = 5\n";
        std::fs::write(&file, text).unwrap();

        let shown = effective(Some(&file)).unwrap();

        assert!(shown.contains("body_max_bytes = 5  # file "), "{shown}");
        assert!(shown.contains("postgres://anna:(hidden)@db.example/fernamt"), "{shown}");
        assert!(!shown.contains("geheim"), "{shown}");
    }

    #[test]
    fn all_misspelt_keys_of_a_file_are_named_at_once() {
        let text = "listn = \"x\"\nlisten = \"y\"\n[calcom]\nwrite_timeout = 5\n[clacom]\nx = 1\n";

        assert_eq!(unknown_keys(text), ["calcom.write_timeout", "clacom", "listn"]);
    }
}
