//! Logs and traces: one line per happening to standard error, spans to a collector; names, numbers and texts reach neither.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{EnvFilter, Registry};

use crate::config::LogFormat;

/// How long one delivery of spans may take.
const DELIVERY_MAX: Duration = Duration::from_secs(3);
/// How long a stop waits for the last spans to be delivered.
const FLUSH_MAX: Duration = Duration::from_secs(3);

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("log = \"{filter}\" is no filter; try info, debug, or info,fernamt::actors=debug")]
    Filter { filter: String },
    #[error("logging was set up before")]
    Twice(#[from] TryInitError),
    #[error(
        "otlp_endpoint is not usable: it takes the http or https address of a collector, such as http://127.0.0.1:4318"
    )]
    Endpoint(#[source] opentelemetry_otlp::ExporterBuildError),
}

/// Where spans go, if anywhere; to be stopped when the process ends.
#[derive(Debug, Default)]
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Delivers what is left, as far as the collector takes it within three seconds.
    pub fn stop(self) {
        // A collector that is away has been reported; the process ends all the same.
        drop(self.0.map(|provider| provider.shutdown_with_timeout(FLUSH_MAX)));
    }
}

/// Sets up logging for the whole process; to be called once.
pub fn start(filter: &str, format: LogFormat) -> Result<(), Error> {
    start_with_traces(filter, format, None).map(drop)
}

/// Sets up logging, and traces to a collector (OTLP over HTTP) if one is named; to be called once.
pub fn start_with_traces(filter: &str, format: LogFormat, endpoint: Option<&str>) -> Result<Traces, Error> {
    let provider = endpoint.map(provider).transpose()?;
    let spans = provider.as_ref().map(|provider| {
        // Only our own spans: those of the exporter's own requests would go round in circles.
        let ours = Targets::new().with_target("fernamt", LevelFilter::DEBUG);
        let tracer = provider.tracer("fernamt");
        tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_filter(ours)
    });
    tracing_subscriber::registry().with(lines(filter, format)?).with(spans).try_init()?;
    Ok(Traces(provider))
}

fn lines(filter: &str, format: LogFormat) -> Result<Box<dyn Layer<Registry> + Send + Sync>, Error> {
    let wanted = EnvFilter::try_new(filter).map_err(|_| Error::Filter { filter: filter.to_owned() })?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    Ok(match format {
        LogFormat::Text => {
            lines.with_ansi(std::io::stderr().is_terminal()).with_filter(wanted.and(ceiling())).boxed()
        }
        LogFormat::Json => lines.json().with_filter(wanted.and(ceiling())).boxed(),
    })
}

/// What is never logged, whatever the filter says: at trace level libraries write the bytes that they send and receive,
/// and the exporter of spans speaks up at every delivery that fails.
fn ceiling() -> Targets {
    Targets::new()
        .with_default(LevelFilter::DEBUG)
        .with_target("fernamt", LevelFilter::TRACE)
        // It tells every message and every refusal in the words of who asked.
        .with_target("rmcp", LevelFilter::ERROR)
        .with_target("opentelemetry", LevelFilter::OFF)
}

fn provider(endpoint: &str) -> Result<SdkTracerProvider, Error> {
    let base = endpoint.trim_end_matches('/');
    let address = if base.ends_with("/v1/traces") { base.to_owned() } else { format!("{base}/v1/traces") };
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(address)
        .with_timeout(DELIVERY_MAX)
        .build()
        .map_err(Error::Endpoint)?;
    let resource = Resource::builder()
        .with_service_name("fernamt")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let delivery = Delivery { exporter, fails: AtomicBool::new(false) };
    Ok(SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(delivery).build())
}

/// Delivers spans, and says once when that begins to fail and once when it works again.
#[derive(Debug)]
struct Delivery<E> {
    exporter: E,
    fails: AtomicBool,
}

impl<E: SpanExporter> SpanExporter for Delivery<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let delivered = self.exporter.export(batch).await;
        let fails = delivered.is_err();
        if self.fails.swap(fails, Ordering::Relaxed) != fails {
            // The error would name the address, and with it what may stand there before an @.
            if fails {
                tracing::warn!("traces cannot be delivered to otlp_endpoint and are dropped until they can");
            } else {
                tracing::info!("traces are delivered again");
            }
        }
        delivered
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
