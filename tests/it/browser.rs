//! A browser at the dashboard, as far as a test needs one: it keeps cookies, follows nothing by itself, and fills in forms.

use std::cell::RefCell;
use std::collections::BTreeMap;

use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response};

use crate::house::House;

pub(crate) const PASSWORD: &str = "ein langes Passwort";

pub(crate) struct Browser {
    http: reqwest::Client,
    url: String,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// What a browser got.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) html: String,
}

impl Page {
    /// The token that stands in the forms of the page.
    pub(crate) fn csrf(&self) -> String {
        let behind =
            self.html.split("name=\"csrf\" value=\"").nth(1).unwrap_or_else(|| panic!("{}", self.html));
        behind.split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    pub(crate) fn at(house: &House) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Self { http, url: house.app.url(), cookies: RefCell::default() }
    }

    /// A browser at which a new user of that role is signed in.
    pub(crate) async fn of(house: &House, email: &str, role: &str, companies: &[&str]) -> Self {
        person(house, email, role, companies).await;
        let browser = Self::at(house);
        let page = browser.sign_in(email, PASSWORD).await;
        assert_eq!((page.status, page.location.as_str()), (303, "/admin"), "{}", page.html);
        browser
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Page {
        self.post("/admin/login", &[("email", email), ("password", password)]).await
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(self.request("GET", path)).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        self.send(self.request("POST", path).body(written(form)).header("Origin", &self.url)).await
    }

    /// The same with the token of the session.
    pub(crate) async fn submit(&self, path: &str, form: &[(&str, &str)]) -> Page {
        let csrf = self.get("/admin").await.csrf();
        self.post(path, &[form, &[("csrf", &csrf)]].concat()).await
    }

    /// A request with the browser's cookies, to be changed before it is sent.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.request(method.parse::<Method>().unwrap(), format!("{}{path}", self.url));
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        if cookies.is_empty() { request } else { request.header("Cookie", cookies.join("; ")) }
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Page {
        let answer: Response = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let (pair, rest) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let location = headers.get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        Page { status, location, headers, html: answer.text().await.unwrap() }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }
}

/// Enters a user.
pub(crate) async fn person(house: &House, email: &str, role: &str, companies: &[&str]) -> serde_json::Value {
    let new = serde_json::json!({"email": email, "role": role, "companies": companies, "password": PASSWORD});
    let url = format!("{}/api/admin/v1/users", house.app.url());
    let made = house.http.post(url).bearer_auth(&house.token).json(&new).send().await.unwrap();
    assert_eq!(made.status().as_u16(), 201);
    made.json().await.unwrap()
}

fn written(form: &[(&str, &str)]) -> String {
    let url = reqwest::Url::parse_with_params("http://form.example", form).unwrap();
    url.query().unwrap_or_default().to_owned()
}
