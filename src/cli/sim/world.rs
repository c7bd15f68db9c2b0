//! A simulated Cal.com and Retell that hold what the files of companies speak of: numbers, agents, event types, hosts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use secrecy::ExposeSecret as _;

use crate::domain::plan::Plan;
use crate::operations::companies;
use crate::sim::calcom::{self, ApiKey, EventType, Host, Kind};
use crate::sim::retell::Account;
use crate::store::directory::Keys;

/// What both sides are to hold, and what is printed of it.
#[derive(Default)]
pub(super) struct World {
    pub(super) calcom: calcom::Settings,
    /// Workspaces by their keys.
    pub(super) workspaces: BTreeMap<String, Account>,
    pub(super) lines: Vec<String>,
}

impl World {
    /// As these files say; fails where one cannot be read or has mistakes.
    pub(super) fn of(files: &[PathBuf], house: &str) -> anyhow::Result<Self> {
        let mut world = Self::default();
        for file in files {
            let (plan, keys) = read(file)?;
            world.add_numbers(&plan, &keys, house);
            world.add_calendars(&plan, &keys);
        }
        Ok(world)
    }

    fn add_numbers(&mut self, plan: &Plan, keys: &Keys, house: &str) {
        let key = keys.retell_api.expose_secret().to_owned();
        let mut workspace = self.workspaces.remove(&key).unwrap_or_default();
        let agents: Vec<String> = plan
            .branch
            .iter()
            .map(|branch| {
                branch
                    .retell_agent_id
                    .clone()
                    .unwrap_or_else(|| format!("agent_of_{}_{}", plan.company.slug, branch.slug))
            })
            .collect();
        let hotlines = plan.company.phone_numbers.iter().zip(agents.iter().take(1).cycle());
        let direct = plan.branch.iter().zip(&agents);
        let direct =
            direct.flat_map(|(branch, agent)| branch.phone_numbers.iter().map(move |number| (number, agent)));
        for (number, agent) in hotlines.chain(direct) {
            workspace = workspace.with_receptionist(agent, number, house);
            self.lines.push(format!("  {number} is answered by {agent}"));
        }
        self.workspaces.insert(key, workspace);
    }

    fn add_calendars(&mut self, plan: &Plan, keys: &Keys) {
        let mut hosts: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for slug in plan.calendars() {
            for _ in 0..plan.hosts_of(&slug) {
                let host = Host::numbered(i64::try_from(self.calcom.hosts.len()).unwrap_or_default() + 1);
                hosts.entry(slug.clone()).or_default().push(host.id);
                self.calcom.hosts.push(host);
            }
        }
        for service in plan.branch.iter().flat_map(|branch| &branch.service) {
            for offer in service.offers() {
                let of = hosts.get(offer.calendar()).map(Vec::as_slice).unwrap_or_default();
                let kind = match of {
                    [one] => EventType::personal(offer.event_type_id, *one),
                    several => EventType::team(offer.event_type_id, Kind::RoundRobin, several),
                };
                let length_minutes = i64::from(service.duration_minutes);
                let line = format!(
                    "  event type {}: {}, {length_minutes} minutes",
                    offer.event_type_id, service.name
                );
                self.lines.push(line);
                self.calcom.event_types.push(EventType {
                    title: service.name.clone(),
                    length_minutes,
                    ..kind
                });
            }
        }
        for (account, (key, _)) in plan.accounts().zip(&keys.accounts) {
            let own = hosts.iter().filter(|(slug, _)| plan.account_of(slug) == account.name);
            let sees: Vec<i64> = own.flat_map(|(_, ids)| ids.iter().copied()).collect();
            self.open(key.expose_secret(), sees);
        }
    }

    /// The key shows these hosts, too.
    fn open(&mut self, key: &str, sees: Vec<i64>) {
        match self.calcom.keys.iter_mut().find(|known| known.key == key) {
            Some(known) => known.sees.extend(sees),
            None => {
                let owner = sees.first().copied().unwrap_or(1);
                self.calcom.keys.push(ApiKey { key: key.to_owned(), owner, sees });
            }
        }
    }
}

fn read(file: &Path) -> anyhow::Result<(Plan, Keys)> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let read = companies::read(&text).and_then(|plan| Ok((companies::keys(&plan, folder)?, plan)));
    let (keys, plan) = read.map_err(|complaints| anyhow!("{}: {}", file.display(), complaints.join("; ")))?;
    Ok((plan, keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        [company]
        slug = "salon-probe"
        name = "Salon Probe"
        phone_numbers = ["+493083793300"]
        [company.retell]
        api_key = "key_probe"
        [company.calcom]
        api_key = "cal_probe"
        [[company.calendar]]
        slug = "pool"
        hosts = 2
        [[branch]]
        slug = "mitte"
        name = "Salon Probe Mitte"
        phone_numbers = ["+493083793301"]
        retell_agent_id = "agent_mitte"
          [[branch.service]]
          slug = "haarschnitt"
          name = "Haarschnitt"
          duration_minutes = 45
          event_type_id = 7001
          calendar = "anna"
        [[branch]]
        slug = "nord"
        name = "Salon Probe Nord"
        phone_numbers = ["+493083793302"]
        retell_agent_id = "agent_nord"
          [[branch.service]]
          slug = "farbe"
          name = "Farbe"
          duration_minutes = 60
          event_type_id = 7002
          calendar = "pool"
    "#;

    #[test]
    fn the_world_of_a_file_holds_its_numbers_agents_event_types_and_hosts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("salon.toml");
        std::fs::write(&file, FILE).unwrap();

        let world = World::of(&[file], "http://house.example").unwrap();

        let workspace = &world.workspaces["key_probe"];
        let numbers: Vec<&str> =
            workspace.numbers.iter().filter_map(|one| one["phone_number"].as_str()).collect();
        assert_eq!(numbers, ["+493083793300", "+493083793301", "+493083793302"]);
        assert_eq!(workspace.agents.len(), 2, "the hotline is answered by the first branch's agent");
        let [cut, colour] = world.calcom.event_types.as_slice() else { panic!("two event types") };
        assert_eq!((cut.length_minutes, cut.kind, colour.kind), (45, Kind::Personal, Kind::RoundRobin));
        assert_eq!((world.calcom.hosts.len(), colour.host_ids.len()), (3, 2));
        assert_eq!((world.calcom.keys[0].key.as_str(), world.calcom.keys[0].sees.len()), ("cal_probe", 3));
    }
}
