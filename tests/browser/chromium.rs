//! A chromium with its driver: ended with the test, however the test ends.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

use crate::house::eventually;

/// How the browser looks at the pages.
#[derive(Clone, Copy)]
pub(crate) enum Look {
    /// A screen on a desk, in daylight.
    Desk,
    PhoneAtNight,
}

pub(crate) struct Chromium {
    client: Client,
    url: String,
    axe: Option<String>,
    _driver: Driver,
    _profile: tempfile::TempDir,
}

/// The process that drives the browser.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[expect(clippy::print_stderr, reason = "whoever runs the tests has to know what was not tested")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// The first of these programs that is installed.
fn installed(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let places =
        std::env::split_paths(&path).flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    places.into_iter().find(|file| file.is_file())
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target")
}

impl Driver {
    /// Starts the driver at a port that is free, and says which.
    fn start(program: &Path) -> (Self, u16) {
        let mut child = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let driver = Self(child);
        let told = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        (driver, told.unwrap_or_else(|| panic!("the driver of the browser did not start")))
    }
}

impl Chromium {
    /// None, and a word about it, where there is no browser.
    pub(crate) async fn open(url: &str, look: Look) -> Option<Self> {
        let (Some(program), Some(chromium)) =
            (installed(&["chromedriver"]), installed(&["chromium", "chromium-browser", "google-chrome"]))
        else {
            say("skipped: no chromium with chromedriver (apt-get install chromium chromium-driver)");
            return None;
        };
        let axe = target().join("axe/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(axe).ok();
        if axe.is_none() {
            say("accessibility is not checked: npm install --no-save --prefix target/axe axe-core@4");
        }
        let (driver, port) = Driver::start(&program);
        let profile = tempfile::tempdir().unwrap();
        let size = match look {
            Look::Desk => "--window-size=1360,900",
            Look::PhoneAtNight => "--window-size=500,900",
        };
        let scheme = match look {
            Look::Desk => "--blink-settings=preferredColorScheme=1",
            Look::PhoneAtNight => "--blink-settings=preferredColorScheme=0",
        };
        let folder = format!("--user-data-dir={}", profile.path().display());
        let mut options = json!({
            "binary": chromium,
            "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=de", size, scheme, folder],
            "prefs": {"intl.accept_languages": "de"},
        });
        if matches!(look, Look::PhoneAtNight) {
            options["mobileEmulation"] =
                json!({"deviceMetrics": {"width": 390, "height": 844, "pixelRatio": 2.0}});
        }
        let wanted: Map<String, Value> = [("goog:chromeOptions".to_owned(), options)].into_iter().collect();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Some(Self { client, url: url.to_owned(), axe, _driver: driver, _profile: profile })
    }

    pub(crate) async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.url)).await.unwrap();
    }

    pub(crate) async fn type_into(&self, field: &str, text: &str) {
        self.client.find(Locator::Css(field)).await.unwrap().send_keys(text).await.unwrap();
    }

    /// Clicks what is there, or comes: pages that keep themselves up to date may draw it anew meanwhile.
    pub(crate) async fn click(&self, what: &str) {
        eventually(what, || async {
            let found = self.client.find(Locator::Css(what)).await.ok()?;
            found.click().await.ok()
        })
        .await;
    }

    /// Waits until that part of the page says so.
    pub(crate) async fn reads(&self, part: &str, text: &str) {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText).join('\\n')";
        eventually(&format!("\"{text}\" in {part}"), || async {
            let shown = self.client.execute(script, vec![json!(part)]).await.ok()?;
            shown.as_str()?.contains(text).then_some(())
        })
        .await;
    }

    /// Leaves a mark that is gone once the page is loaded again.
    pub(crate) async fn mark(&self) {
        self.client.execute("window.marked = true", Vec::new()).await.unwrap();
    }

    pub(crate) async fn is_marked(&self) -> bool {
        self.client.execute("return window.marked === true", Vec::new()).await.unwrap() == json!(true)
    }

    /// Whether nothing stands beside the screen.
    pub(crate) async fn fits(&self) -> bool {
        let script = "const page = document.documentElement; return page.scrollWidth <= page.clientWidth";
        self.client.execute(script, Vec::new()).await.unwrap() == json!(true)
    }

    /// Keeps a picture of the page, and has it looked at by whoever reads with other senses.
    pub(crate) async fn look(&self, name: &str) {
        let folder = target().join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let picture = self.client.screenshot().await.unwrap();
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
        let Some(axe) = &self.axe else { return };
        self.client.execute(axe, Vec::new()).await.unwrap();
        let script = r"
            const done = arguments[arguments.length - 1];
            const grave = (one) => ['serious', 'critical'].includes(one.impact);
            const told = (one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' ' + node.failureSummary).join('; ');
            axe.run(document, { resultTypes: ['violations'] })
                .then((found) => done(found.violations.filter(grave).map(told)), (error) => done([String(error)]));
        ";
        let found = self.client.execute_async(script, Vec::new()).await.unwrap();
        assert_eq!(found, json!([]), "{name}: who cannot see or use a mouse is kept out");
    }

    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
    }
}
