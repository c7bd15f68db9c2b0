//! Companies of every shape: applied one over the other, what the books give back is what was written.

use proptest::prelude::*;
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::*;
use crate::domain::plan::{BranchPlan, OfferPlan, ServicePlan};

/// The plan in the form that the books give back: offers told in the service if there is one, numbers in order.
fn settled(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.company.phone_numbers.sort();
    for branch in &mut plan.branch {
        branch.phone_numbers.sort();
        for service in &mut branch.service {
            let mut offers = service.offers();
            for offer in &mut offers {
                offer.calendar = offer.calendar.take().filter(|slug| slug != "shared");
            }
            (service.event_type_id, service.calendar, service.staff, service.offer) = match offers.as_slice()
            {
                [one] => (Some(one.event_type_id), one.calendar.clone(), one.staff.clone(), Vec::new()),
                _ => (None, None, None, offers),
            };
        }
    }
    plan
}

#[tokio::test]
async fn what_was_applied_comes_back_as_it_was_written_and_says_what_changed_on_the_way_to_the_next() {
    let mut runner = TestRunner::new(proptest::test_runner::Config { cases: 1, ..Default::default() });
    for _ in 0..24 {
        let one = plans().new_tree(&mut runner).unwrap().current();
        let other = plans().new_tree(&mut runner).unwrap().current();
        let books = Books::new().await;
        let apply = async |plan: &Plan| {
            assert_eq!(plan.complaints(), Vec::<String>::new());
            books.store.directory().apply(plan, &keys(plan), (at(0), &mint), false).await.unwrap()
        };
        apply(&one).await;
        let said = apply(&other).await;
        assert_eq!(said.is_empty(), settled(&one) == settled(&other), "{said:#?}");

        let back = books.store.directory().standing("generated").await.unwrap().unwrap().plan;

        assert_eq!(settled(&back).branch, settled(&other).branch);
        assert_eq!(apply(&other).await, Vec::<String>::new(), "{other:#?}");
        assert_eq!(apply(&back).await, Vec::<String>::new(), "{back:#?}\n{other:#?}");
        let text = toml::to_string(&back).unwrap();
        assert_eq!(toml::from_str::<Plan>(&text).unwrap(), back, "{text}");
    }
}

/// Companies of every shape the file allows, with keys that are references.
fn plans() -> impl Strategy<Value = Plan> {
    let slug = || proptest::sample::select(vec!["eins", "zwei", "drei", "vier"]);
    let staff = proptest::option::of(proptest::sample::select(vec!["Anna", "Ben \"B\" Beispiel"]));
    let calendar = proptest::option::of(proptest::sample::select(vec!["anna", "ben", "shared"]));
    let offer = (staff, calendar)
        .prop_map(|(staff, calendar)| (staff.map(str::to_owned), calendar.map(str::to_owned)));
    let service = (slug(), 1..40_u32, proptest::collection::vec(offer, 1..4), any::<bool>());
    let services = proptest::collection::vec(service, 0..4);
    let branch = (slug(), any::<bool>(), proptest::option::of(Just("mon-fri 09:00-18:00")), services);
    let company = (1..60_u32, any::<bool>(), any::<bool>(), any::<bool>());
    (company, proptest::collection::vec(branch, 0..4)).prop_map(|((hold, second, hotline, secret), branches)| {
        let mut text = format!(
            "[company]\nslug = \"generated\"\nname = \"Erfunden & Söhne\"\n{}[company.policy]\nhold_minutes = {hold}\n\
             [company.retell]\napi_key = \"env:RETELL\"\n[company.calcom]\napi_key = \"file:keys/calcom\"\n{}",
            if hotline { "phone_numbers = [\"+493083793300\"]\n" } else { "" },
            if secret { "webhook_secret = \"env:SECRET\"\n" } else { "" },
        );
        if second {
            text += "[[company.calcom_account]]\nname = \"haus zwei\"\napi_key = \"env:TWO\"\n\
                     [[company.calendar]]\nslug = \"ben\"\naccount = \"haus zwei\"\n";
        }
        let mut plan: Plan = toml::from_str(&text).unwrap();
        for (n, (slug, paused, hours, services)) in branches.into_iter().enumerate() {
            if plan.branch.iter().any(|branch| branch.slug == slug) {
                continue;
            }
            plan.branch.push(branch_of(slug, (n, paused, hours), services));
        }
        plan
    })
}

type Offers = Vec<(Option<String>, Option<String>)>;

fn branch_of(
    slug: &str,
    (n, paused, hours): (usize, bool, Option<&str>),
    services: Vec<(&str, u32, Offers, bool)>,
) -> BranchPlan {
    let mut branch: BranchPlan =
        toml::from_str(&format!("slug = \"{slug}\"\nname = \"Zweig {slug}\"")).unwrap();
    branch.phone_numbers = vec![format!("+49308379331{n}")];
    branch.paused = paused;
    branch.hours = hours.map(str::to_owned);
    branch.holidays = paused.then(|| "DE-BY".to_owned());
    branch.closures = if paused { vec!["2026-12-24/2027-01-02".into()] } else { Vec::new() };
    branch.special_hours = hours.map(|_| "2026-12-23 09:00-13:00".to_owned()).into_iter().collect();
    for (slug, length, offers, in_the_service) in services {
        if branch.service.iter().any(|service| service.slug == slug) {
            continue;
        }
        let mut ids = 1001..;
        let mut offers = offers.into_iter().map(|(staff, calendar)| OfferPlan {
            staff,
            event_type_id: ids.next().unwrap(),
            calendar,
        });
        let own = if in_the_service { offers.next() } else { None };
        branch.service.push(ServicePlan {
            slug: slug.into(),
            name: format!("Dienst {slug}"),
            synonyms: if in_the_service { vec!["Schnitt".into()] } else { Vec::new() },
            duration_minutes: 5 * length,
            event_type_id: own.as_ref().map(|own| own.event_type_id),
            calendar: own.as_ref().and_then(|own| own.calendar.clone()),
            staff: own.and_then(|own| own.staff),
            offer: offers.collect(),
        });
    }
    branch
}
