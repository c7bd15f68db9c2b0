//! The table of methods: what each is called, what it takes and gives, what it does to the world, and how it is done.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::failure::{Code, Failure};
use super::{methods, wrong};
use crate::actors::Switchboard;
use crate::operations::readiness::Site;
use crate::operations::{self, Principal, Role};

/// How like an unknown name must be to one of ours to be taken for a slip, 0 to 1.
const SLIP_MIN: f64 = 0.75;
/// A longer name, in bytes, is no slip of ours: what it might have meant is not looked for.
const SLIP_BYTES_MAX: usize = 64;

/// Who asks, and what may be used to answer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ask {
    pub house: Switchboard,
    pub site: Arc<Site>,
    pub who: Principal,
}

/// What a method does to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    pub reads_only: bool,
    /// Something is taken away that was there.
    pub destroys: bool,
    /// Asked again the same way, it changes nothing more.
    pub is_idempotent: bool,
}

/// For methods that take nothing.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

type Answered = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send>>;
type Describe = fn(&mut SchemaGenerator) -> Schema;

/// One entry.
pub struct Method {
    /// With dots: `retell.config.getWebhook`.
    pub name: &'static str,
    /// A line that says what it does.
    pub summary: &'static str,
    pub effect: Effect,
    /// It is for those who look after the set-up, not for staff.
    is_of_the_set_up: bool,
    params: Describe,
    result: Describe,
    run: Box<dyn Fn(Ask, Value) -> Answered + Send + Sync>,
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Method({})", self.name)
    }
}

impl Method {
    /// A method that changes nothing.
    pub fn reads<P, R, F>(
        name: &'static str,
        summary: &'static str,
        run: impl Fn(Ask, P) -> F + Send + Sync + 'static,
    ) -> Self
    where
        P: DeserializeOwned + JsonSchema,
        R: Serialize + JsonSchema,
        F: Future<Output = Result<R, operations::Error>> + Send + 'static,
    {
        let effect = Effect { reads_only: true, destroys: false, is_idempotent: true };
        Self { effect, ..Self::changes(name, summary, run) }
    }

    /// A method that changes something; see [`Self::destructive`] and [`Self::idempotent`].
    pub fn changes<P, R, F>(
        name: &'static str,
        summary: &'static str,
        run: impl Fn(Ask, P) -> F + Send + Sync + 'static,
    ) -> Self
    where
        P: DeserializeOwned + JsonSchema,
        R: Serialize + JsonSchema,
        F: Future<Output = Result<R, operations::Error>> + Send + 'static,
    {
        let run = move |ask: Ask, params: Value| -> Answered {
            let asked = wrong::read(params).map(|params| run(ask, params));
            Box::pin(async move { written(asked?.await?) })
        };
        Self {
            name,
            summary,
            effect: Effect { reads_only: false, destroys: false, is_idempotent: false },
            is_of_the_set_up: false,
            params: |generator| generator.subschema_for::<P>(),
            result: |generator| generator.subschema_for::<R>(),
            run: Box::new(run),
        }
    }

    /// Something is taken away that was there.
    pub fn destructive(mut self) -> Self {
        self.effect.destroys = true;
        self
    }

    /// Asked again the same way, it changes nothing more.
    pub fn idempotent(mut self) -> Self {
        self.effect.is_idempotent = true;
        self
    }

    /// Staff are not shown it, and refused; the operation says the same.
    pub fn of_the_set_up(mut self) -> Self {
        self.is_of_the_set_up = true;
        self
    }

    /// The schema of what it takes, in a generator that reads.
    pub fn params_schema(&self, generator: &mut SchemaGenerator) -> Schema {
        (self.params)(generator)
    }

    /// The schema of what it gives, in a generator that writes.
    pub fn result_schema(&self, generator: &mut SchemaGenerator) -> Schema {
        (self.result)(generator)
    }

    /// Voice agents reach their functions alone, and a list of them; staff reach what is not for the set-up.
    pub fn is_for(&self, role: Role) -> bool {
        match role {
            Role::Agent => self.name.starts_with("retell.functions.") || self.name == "rpc.discover",
            Role::Staff => !self.is_of_the_set_up,
            Role::PlatformAdmin | Role::Agency | Role::CompanyAdmin => true,
        }
    }

    /// What it is called as a tool, where names have no dots.
    pub fn tool_name(&self) -> String {
        self.name.replace('.', "_")
    }

    /// What else it answers to: the dots but the last as underscores, and all of them.
    fn aliases(&self) -> Vec<String> {
        let Some((space, last)) = self.name.rsplit_once('.').filter(|(space, _)| *space != "rpc") else {
            return Vec::new();
        };
        vec![format!("{}.{last}", space.replace('.', "_")), self.tool_name()]
    }
}

fn written(result: impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(result).map_err(|error| {
        tracing::error!(%error, "a result could not be written as JSON");
        Failure::internal()
    })
}

/// All methods.
#[derive(Debug)]
pub struct Table {
    methods: Vec<Method>,
    by_name: HashMap<String, usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(methods::all()));

/// The table of this program.
pub fn table() -> &'static Table {
    &TABLE
}

impl Table {
    fn new(mut methods: Vec<Method>) -> Self {
        methods.sort_by_key(|method| method.name);
        let mut by_name = HashMap::new();
        for (at, method) in methods.iter().enumerate() {
            let names = method.aliases().into_iter().chain([method.name.to_owned()]);
            by_name.extend(names.map(|name| (name, at)));
        }
        Self { methods, by_name }
    }

    /// By name, in order.
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// The method of that name, in any of its forms.
    pub fn find(&self, name: &str) -> Option<&Method> {
        self.by_name.get(name).and_then(|at| self.methods.get(*at))
    }

    /// Asks a method by name. Params are an object; none and an empty array are an empty one.
    pub async fn call(&self, ask: &Ask, name: &str, params: Option<Value>) -> Result<Value, Failure> {
        let method = self.find(name).ok_or_else(|| self.unknown(name))?;
        if !method.is_for(ask.who.role) {
            return Err(operations::Error::Forbidden.into());
        }
        let params = match params {
            None => Value::Object(Map::new()),
            Some(Value::Array(items)) if items.is_empty() => Value::Object(Map::new()),
            Some(Value::Array(_)) => {
                let problem =
                    "params are taken by name: send an object, as GET /api/mcp/gateway/methods describes it";
                return Err(Failure::params(problem));
            }
            Some(params) => params,
        };
        (method.run)(ask.clone(), params).await
    }

    /// Says which method was perhaps meant.
    fn unknown(&self, name: &str) -> Failure {
        let meant = match self.nearest(name) {
            Some(method) => format!("did you mean {}? ", method.name),
            None => String::new(),
        };
        let problem =
            format!("there is no method of this name; {meant}GET /api/mcp/gateway/methods lists all");
        Failure::new(Code::MethodNotFound, problem)
    }

    fn nearest(&self, name: &str) -> Option<&Method> {
        if name.len() > SLIP_BYTES_MAX {
            return None;
        }
        let name = name.to_lowercase();
        let likeness =
            |method: &Method| strsim::jaro_winkler(method.name.to_lowercase().as_str(), name.as_str());
        let each = self.methods.iter().map(|method| (method, likeness(method)));
        let nearest = each.max_by(|(_, a), (_, b)| a.total_cmp(b));
        nearest.filter(|(_, likeness)| *likeness >= SLIP_MIN).map(|(method, _)| method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_one_methods_alone_in_each_of_its_forms() {
        let names: usize = table().methods().iter().map(|method| 1 + method.aliases().len()).sum();
        // A name with a single dot is its own first form.
        let own = table()
            .methods()
            .iter()
            .filter(|method| method.aliases().iter().any(|alias| alias == method.name));

        assert_eq!(table().by_name.len(), names - own.count());
    }

    #[test]
    fn names_fit_what_tools_may_be_called() {
        for method in table().methods() {
            let name = method.tool_name();
            assert!(name.len() <= 64, "{name}");
            assert!(name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_'), "{name}");
            assert!(!method.summary.is_empty() && !method.summary.ends_with('.'), "{name}");
        }
    }

    #[test]
    fn a_slip_is_told_the_name_that_was_meant_and_nonsense_is_not() {
        let slip = table().unknown("callback.lists");
        let nonsense = table().unknown("foobar");

        assert!(slip.problem().contains("did you mean callback.list?"), "{slip:?}");
        assert!(!nonsense.problem().contains("did you mean"), "{nonsense:?}");
        assert_eq!(nonsense.code, Code::MethodNotFound);
    }

    #[test]
    fn what_a_name_of_any_length_might_have_meant_is_not_looked_for() {
        for name in ["callback.list".repeat(20_000), "m".repeat(65)] {
            assert!(table().nearest(&name).is_none());
        }
        assert!(table().nearest(&"retell.functions.collect_appointments".to_uppercase()).is_some());
    }
}
