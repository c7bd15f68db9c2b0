//! Keeps the house as ARCHITECTURE.md draws it: imports go downward only, and every file says what it is for.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read is the failure")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room, its floor, and the rooms of the same floor or above it may nevertheless name.
const ROOMS: &[(&str, u8)] = &[
    ("domain", 0),
    ("clock", 1),
    ("meters", 1),
    ("store", 2),
    ("calcom", 2),
    ("retell", 2),
    ("notify", 2),
    ("actors", 3),
    ("operations", 4),
    ("rpc", 5),
    ("http", 6),
    ("config", 7),
    ("telemetry", 8),
    ("app", 8),
    ("cli", 9),
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The room a file under `src` belongs to.
fn room(file: &Path) -> String {
    let inside = file.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The rooms a text names: every `crate::room`, also within `use crate::{a, b::c}`.
fn rooms_named(text: &str) -> Vec<String> {
    let mut named = Vec::new();
    for part in text.split("crate::").skip(1) {
        let list = part.strip_prefix('{').and_then(|list| list.split("};").next());
        let firsts: Vec<&str> = match list {
            // Within braces, only what stands at the outermost level is a room.
            Some(list) => outermost(list),
            None => vec![part],
        };
        for first in firsts {
            let name: String =
                first.trim().chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_').collect();
            named.push(name);
        }
    }
    named
}

fn outermost(list: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
    for (at, sign) in list.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[from..]);
    parts
}

/// The text without comments and without what only tests see.
fn production(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn floor(room: &str) -> Option<u8> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

#[test]
fn imports_go_downward_and_never_sideways() {
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("src")) {
        let here = room(&file);
        if here == "sim" || here == "lib" || here == "main" {
            continue;
        }
        let floor_here = floor(&here).unwrap_or_else(|| panic_unknown(&here, &file));
        for other in rooms_named(&production(&fs::read_to_string(&file).unwrap())) {
            if other == here {
                continue;
            }
            // The demo is the one place where the house and the world outside it meet.
            if other == "sim" && here == "cli" {
                continue;
            }
            match floor(&other) {
                Some(below) if below < floor_here => {}
                Some(_) => wrong.push(format!("{} reaches up or sideways to {other}", file.display())),
                None if other == "sim" => wrong.push(format!("{} knows the sim", file.display())),
                None => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[expect(clippy::panic, reason = "a room nobody has placed is the failure")]
fn panic_unknown(room: &str, file: &Path) -> u8 {
    panic!(
        "{}: the room \"{room}\" has no floor; ROOMS in tests/architecture.rs gives it one",
        file.display()
    )
}

#[test]
fn the_sim_shares_nothing_with_the_house() {
    for file in rust_files(&root().join("src/sim")) {
        let named = rooms_named(&production(&fs::read_to_string(&file).unwrap()));
        assert!(named.iter().all(|room| room == "sim"), "{} names {named:?}", file.display());
    }
}

#[test]
fn the_pure_rooms_know_no_clock_no_socket_no_database() {
    let impure = [
        "tokio",
        "actix",
        "sea_orm",
        "reqwest",
        "std::fs",
        "std::net",
        "std::thread",
        "time::Instant",
        "tracing",
    ];
    for file in rust_files(&root().join("src/domain")) {
        let text = production(&fs::read_to_string(&file).unwrap());
        for word in impure {
            assert!(!text.contains(word), "{} mentions {word}", file.display());
        }
    }
}

#[test]
fn each_wire_and_the_database_are_known_to_their_room_alone() {
    let owners =
        [("sea_orm", &["store"][..]), ("actix_web", &["http", "app"][..]), ("lettre", &["notify"][..])];
    for file in rust_files(&root().join("src")) {
        let here = room(&file);
        if here == "sim" {
            continue;
        }
        let text = production(&fs::read_to_string(&file).unwrap());
        for (name, rooms) in owners {
            assert!(!text.contains(name) || rooms.contains(&here.as_str()), "{} uses {name}", file.display());
        }
    }
}

#[test]
fn every_file_opens_with_a_sentence_that_says_what_it_is_for() {
    let folders = ["src", "tests", "entities/src", "migrations/src"];
    for file in folders.iter().flat_map(|folder| rust_files(&root().join(folder))) {
        let text = fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//! ") && first.len() > 20,
            "{} does not say what it is for",
            file.display()
        );
    }
}

#[test]
fn migrations_import_nothing_of_ours() {
    for file in rust_files(&root().join("migrations/src")) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("entities") && !text.contains("fernamt::"), "{}", file.display());
    }
}

#[test]
fn no_file_holds_more_than_one_thing() {
    for file in rust_files(&root().join("src")).into_iter().filter(|file| !file.ends_with("tests.rs")) {
        let lines = production(&fs::read_to_string(&file).unwrap()).lines().count();
        assert!(lines <= 400, "{} has {lines} lines of production code", file.display());
    }
}
