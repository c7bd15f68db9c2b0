//! How the tables came to be. History: imports nothing of ours, never edited after release; change by expand, move, contract.

pub use sea_orm_migration::{MigratorTrait, SchemaManager};

use sea_orm_migration::prelude::*;

mod m20261121_000001_tenants;
mod m20261121_000002_calls;
mod m20261121_000003_bookings;
mod m20261122_000004_stories;
mod m20261122_000005_desk;
mod m20261122_000006_open_callbacks;
mod m20261122_000007_of_a_call;
mod m20261122_000008_courses;
mod m20261122_000010_lost_calls;
mod m20261122_000011_promises;
mod m20261122_000012_identity;
mod m20261122_000014_visits;
mod m20261122_000015_reception;
mod m20261122_000016_deployments;
mod m20261122_000017_measures;
mod m20261122_000018_special_hours;
mod m20261122_000019_tries;
mod m20261123_000020_signing_in;
mod m20261123_000021_post;
mod m20261123_000023_erasures;
mod m20261123_000024_retention;
mod m20261123_000025_counting;
mod m20261123_000026_previous_keys;
mod table;

/// All migrations in order; `Migrator::up` brings any older schema to the newest.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_tenants::Migration),
            Box::new(m20261121_000002_calls::Migration),
            Box::new(m20261121_000003_bookings::Migration),
            Box::new(m20261122_000004_stories::Migration),
            Box::new(m20261122_000005_desk::Migration),
            Box::new(m20261122_000006_open_callbacks::Migration),
            Box::new(m20261122_000007_of_a_call::Migration),
            Box::new(m20261122_000008_courses::Migration),
            Box::new(m20261122_000010_lost_calls::Migration),
            Box::new(m20261122_000011_promises::Migration),
            Box::new(m20261122_000012_identity::Migration),
            Box::new(m20261122_000014_visits::Migration),
            Box::new(m20261122_000015_reception::Migration),
            Box::new(m20261122_000016_deployments::Migration),
            Box::new(m20261122_000017_measures::Migration),
            Box::new(m20261122_000018_special_hours::Migration),
            Box::new(m20261122_000019_tries::Migration),
            Box::new(m20261123_000020_signing_in::Migration),
            Box::new(m20261123_000021_post::Migration),
            Box::new(m20261123_000023_erasures::Migration),
            Box::new(m20261123_000024_retention::Migration),
            Box::new(m20261123_000025_counting::Migration),
            Box::new(m20261123_000026_previous_keys::Migration),
        ]
    }
}
