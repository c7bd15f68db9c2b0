//! The installation: whether Retell can reach it, and whether its secrets are kept.

use super::{Area, Facts, Finding, MasterKey};

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    vec![public_url(&facts.house.public_url, &facts.retell.base_url), master_key(&facts.house.master_key)]
}

fn public_url(url: &str, retell: &str) -> Finding {
    if is_this_machine(retell) {
        return Finding::green(
            Area::House,
            "public_url",
            format!("{url} is reached by Retell on this machine"),
        );
    }
    let fix = "set public_url in fernamt.toml (or FERNAMT_PUBLIC_URL) to the https:// address under which this server \
               is reached from the Internet, and start the server again";
    if is_this_machine(url) {
        let what = format!("Retell cannot reach {url}: that address exists on this machine only");
        return Finding::red(Area::House, "public_url", what, fix);
    }
    if url.starts_with("https://") {
        return Finding::green(Area::House, "public_url", format!("{url} is what Retell is to call"));
    }
    let what = format!("{url} is not https: what callers say would travel in the open");
    Finding::yellow(Area::House, "public_url", what, fix)
}

fn master_key(key: &MasterKey) -> Finding {
    let subject = "master_key";
    match key {
        MasterKey::Given => Finding::green(Area::House, subject, "the master key comes from the settings"),
        MasterKey::File { path, open_to_others: false } => {
            let path = path.as_deref().unwrap_or("the master key's file");
            Finding::green(Area::House, subject, format!("{path} is readable by its owner alone"))
        }
        MasterKey::File { path: Some(path), open_to_others: true } => {
            let what = format!("{path}, which opens every stored secret, can be read by other users");
            Finding::red(Area::House, subject, what, format!("run: chmod 600 {path}"))
        }
        MasterKey::File { path: None, open_to_others: true } => {
            let what = "the file that opens every stored secret can be read by other users of the server";
            let fix = "have whoever runs the server run fernamt check, which names the command";
            Finding::red(Area::House, subject, what, fix)
        }
    }
}

/// Whether an address leads nowhere but to this machine.
pub fn is_this_machine(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    ["localhost", "127.", "[::1]", "0.0.0.0", "[::]"].iter().any(|start| host.starts_with(start))
}
