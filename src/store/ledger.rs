//! The file beside the master key that outlives a restored copy of the books: a line for each erasure, keyed hashes only.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::ids::{CompanyId, ErasureId};

/// A line: an erasure that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at: Timestamp,
    pub erasure: ErasureId,
    pub company: CompanyId,
    /// What the number, and the name if there was one, are known by; nobody without the master key can tell from which.
    pub mark: String,
}

/// Adds a line, unless it stands there; it is on the disk when this comes back.
pub fn append(file: &Path, line: &Line) -> io::Result<()> {
    if read(file)?.contains(line) {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(file)?;
    let Line { at, erasure, company, mark } = line;
    // One write: a crash leaves a whole line, or half a one that is passed over. The leading break ends such a half.
    file.write_all(format!("\n{at} {erasure} {company} {mark}\n").as_bytes())?;
    file.sync_all()
}

/// All lines that can be read; none where there is no file.
pub fn read(file: &Path) -> io::Result<Vec<Line>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(text.lines().filter_map(line_of).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn line_of(text: &str) -> Option<Line> {
    let mut parts = text.split_whitespace();
    let at = parts.next()?.parse().ok()?;
    let erasure = parts.next()?.parse::<Uuid>().ok()?.into();
    let company = parts.next()?.parse::<Uuid>().ok()?.into();
    let mark = parts.next()?.to_owned();
    let is_whole = mark.len() == 64 && parts.next().is_none();
    is_whole.then_some(Line { at, erasure, company, mark })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u128) -> Line {
        Line {
            at: "2026-10-14T08:05:00Z".parse().unwrap(),
            erasure: Uuid::from_u128(number).into(),
            company: Uuid::from_u128(7).into(),
            mark: "ab".repeat(32),
        }
    }

    #[test]
    fn what_was_added_is_read_back_and_stands_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("erasures.log");
        assert_eq!(read(&file).unwrap(), []);

        for number in [1, 2, 1] {
            append(&file, &line(number)).unwrap();
        }

        assert_eq!(read(&file).unwrap(), [line(1), line(2)]);
    }

    #[test]
    fn half_a_line_that_a_crash_has_left_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("erasures.log");
        append(&file, &line(1)).unwrap();
        let mut half = OpenOptions::new().append(true).open(&file).unwrap();
        half.write_all(b"\n2026-10-14T08:05:00Z 00000000-0000-0000-0000-0000").unwrap();

        append(&file, &line(2)).unwrap();

        assert_eq!(read(&file).unwrap(), [line(1), line(2)]);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("erasures.log");

        append(&file, &line(1)).unwrap();

        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
