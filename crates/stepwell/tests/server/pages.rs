//! The pages over real HTTP.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, patient, visit};

pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    /// Of a form on the clinic's pages: which answers it shows.
    pub fn edition(&self) -> String {
        let from = self.body.split_once("name=\"edition\" value=\"");
        from.and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// Every cookie that is set.
    pub fn cookies(&self) -> Vec<String> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case("set-cookie")).map(|(_, value)| value.to_owned()).collect()
    }
}

/// A person's browser: keeps its cookie, and sends forms as pages do.
pub struct Browser {
    pub to: SocketAddr,
    pub cookie: String,
    pub csrf: String,
}

impl Browser {
    pub fn of(app: &TestApp) -> Self {
        Self { to: app.pages, cookie: String::new(), csrf: String::new() }
    }

    pub async fn signed_in(app: &TestApp, email: &str, password: &str) -> Self {
        let browser = Self::of(app);
        let form = format!("email={}&password={}", email.replace('@', "%40"), password.replace(' ', "+"));
        let answer = browser.posts("/sign-in", &form).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self::with_cookie(app.pages, cookie).await
    }

    /// Of a person whose session stands already.
    pub async fn with_cookie(to: SocketAddr, cookie: String) -> Self {
        let mut browser = Self { to, cookie, csrf: String::new() };
        let home = browser.gets("/").await;
        assert_eq!(home.status, 200, "{}", home.body);
        let (_, rest) = home.body.split_once("name=\"csrf\" value=\"").unwrap();
        browser.csrf = rest.split('"').next().unwrap().to_owned();
        browser
    }

    pub async fn gets(&self, path: &str) -> Answer {
        self.asks("GET", path, "", "").await
    }

    /// A page that counts in the background, once it has.
    pub async fn waits_for(&self, path: &str) -> Answer {
        let mut page = self.gets(path).await;
        while let Some((_, refresh)) = page.body.split_once("http-equiv=\"refresh\" content=\"2;url=") {
            let to = refresh.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
            page = self.gets(&to).await;
        }
        page
    }

    pub async fn posts(&self, path: &str, form: &str) -> Answer {
        let form = if self.csrf.is_empty() { form.to_owned() } else { format!("{form}&csrf={}", self.csrf) };
        self.asks("POST", path, "Sec-Fetch-Site: same-origin\r\n", &form).await
    }

    /// Opens a form of the clinic's pages, and sends it.
    pub async fn fills_in(&self, path: &str, form: &str) -> Answer {
        let edition = self.gets(path).await.edition();
        self.posts(path, &format!("edition={edition}&{form}")).await
    }

    pub async fn asks(&self, method: &str, path: &str, headers: &str, form: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        self.sends(method, path, headers, kind, form).await
    }

    /// A file, as a page's form sends it.
    pub async fn uploads(&self, path: &str, name: &str, body: &str) -> Answer {
        let part =
            |head: &str, body: &str| format!("--xYzZy\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
        let csrf = part("name=\"csrf\"", &self.csrf);
        let file = part(&format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv"), body);
        let kind = "multipart/form-data; boundary=xYzZy";
        let form = format!("{csrf}{file}--xYzZy--\r\n");
        self.sends("POST", path, "Sec-Fetch-Site: same-origin\r\n", kind, &form).await
    }

    /// A form with a file's text in a field.
    pub async fn sends_fields(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let secret = [("csrf", self.csrf.as_str())];
        let part = |(name, value): &(&str, &str)| {
            format!("--xYzZy\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let form: String = secret.iter().chain(fields).map(part).collect();
        let kind = "multipart/form-data; boundary=xYzZy";
        self.sends("POST", path, "Sec-Fetch-Site: same-origin\r\n", kind, &format!("{form}--xYzZy--\r\n")).await
    }

    async fn sends(&self, method: &str, path: &str, headers: &str, kind: &str, form: &str) -> Answer {
        let mut stream = TcpStream::connect(self.to).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\n{headers}\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{form}",
            self.to,
            self.cookie,
            form.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = vec![];
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }
}

pub async fn ben(app: &TestApp) -> Browser {
    Browser::signed_in(app, "ben@riverbend.example", "bens long password").await
}

pub async fn chloe(app: &TestApp) -> Browser {
    Browser::signed_in(app, "chloe@hillside.example", "chloes long password").await
}

/// Every route of the staff's pages as it stands in the code, its places filled.
fn staff_routes() -> Vec<(&'static str, String)> {
    let code = include_str!("../../src/web/mod.rs");
    let (_, code) = code.split_once("fn staff_routes()").unwrap();
    let (code, _) = code.split_once("\n}\n").unwrap();
    let mut routes = vec![];
    for line in code.lines().filter_map(|line| line.trim().strip_prefix(".route(")) {
        let line = line.strip_prefix('"').unwrap_or_else(|| panic!("write the route on one line: {line}"));
        let (path, handlers) = line.split_once('"').unwrap();
        let path: Vec<_> = path
            .split('/')
            .map(|part| match part {
                "{key}" => "welcome",
                "{act}" => "arrival",
                part if part.starts_with('{') => "019caf10-3180-7c97-bab8-5ef52e919f54",
                part => part,
            })
            .collect();
        let methods = [("get(", "GET"), ("post(", "POST"), ("delete(", "DELETE")];
        let before = routes.len();
        routes.extend(methods.iter().filter(|(word, _)| handlers.contains(word)).map(|(_, m)| (*m, path.join("/"))));
        assert!(routes.len() > before, "write the route on one line: {line}");
    }
    assert!(routes.len() > 20, "{routes:?}");
    routes
}

#[tokio::test]
async fn who_is_not_signed_in_sees_and_changes_nothing() {
    let app = TestApp::start().await;
    let nobody = Browser::of(&app);
    for (method, path) in staff_routes() {
        let same = "Sec-Fetch-Site: same-origin\r\n";
        let answer = nobody.asks(method, &path, same, "").await;
        if matches!(path.as_str(), "/sign-in" | "/session" | "/sign-out") {
            assert!(answer.status < 500, "{method} {path}: {}", answer.status);
            continue;
        }
        let sent_away = answer.status == 303 && answer.header("location").unwrap().starts_with("/sign-in");
        assert!(sent_away || matches!(answer.status, 401 | 403), "{method} {path}: {}", answer.status);
    }
    assert_eq!(app.ask("select count(*)::text from sessions").await, ["0"]);
    app.finish().await;
}

#[tokio::test]
async fn a_change_that_another_site_asks_for_is_refused() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    let form = format!("csrf={}", ben.csrf);
    for (method, path) in staff_routes().into_iter().filter(|(method, _)| *method != "GET") {
        for headers in ["", "Sec-Fetch-Site: cross-site\r\n", "Origin: https://evil.example\r\n"] {
            let answer = ben.asks(method, &path, headers, &form).await;
            assert_eq!(answer.status, 403, "{method} {path} {headers}");
        }
        if !matches!(path.as_str(), "/sign-in" | "/session") {
            let answer = ben.asks(method, &path, "Sec-Fetch-Site: same-origin\r\n", "csrf=wrong").await;
            assert_eq!(answer.status, 403, "{method} {path} with a wrong form key");
        }
    }
    assert_eq!(ben.gets("/").await.status, 200, "still signed in");
    app.finish().await;
}

#[tokio::test]
async fn chloe_of_another_clinic_finds_no_trace_of_alma() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302095500", &alma(), Some(&visit("AP1", "IE", "202603101400")))).await;
    let alma = app.alma().await;
    let (ben, chloe) = (ben(&app).await, chloe(&app).await);
    let path = format!("/patients/{alma}");
    let seen = ben.gets(&path).await;
    assert_eq!(seen.status, 200);
    assert!(seen.body.contains("Reyes"));
    assert_eq!(chloe.gets(&path).await.status, 404);
    let visit = &app.ask("select id::text from encounters").await[0];
    let delivery = &app.ask("select id::text from deliveries limit 1").await[0];
    for (path, form) in [
        (format!("{path}/visits/{visit}/arrival"), ""),
        (format!("{path}/visits"), "date=2026-03-02&time=09%3A00&visit_type=follow_up"),
        (format!("/deliveries/{delivery}/resend"), ""),
    ] {
        let answer = chloe.posts(&path, form).await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
    }
    for path in ["/", "/patients", "/patients?q=Rey", "/refused-messages", "/interfaces"] {
        let answer = chloe.gets(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.body.contains("Reyes"), "{path}");
    }
    assert_eq!(app.ask("select state from encounters").await, ["planned"]);
    app.finish().await;
}

#[tokio::test]
async fn every_page_says_what_it_may_load() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    for (_, path) in staff_routes().into_iter().filter(|(method, _)| *method == "GET") {
        let answer = ben.gets(&path).await;
        assert!(answer.status < 500, "{path}: {}", answer.status);
        let policy = answer.header("content-security-policy").unwrap_or_default().to_owned();
        assert!(policy.contains("default-src 'none'") || policy.contains("default-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
    assert_eq!(ben.gets("/readyz").await.status, 200);
    app.finish().await;
}

#[tokio::test]
async fn a_workflow_is_switched_off_and_on_by_its_page() {
    let mut app = TestApp::start().await;
    let ben = ben(&app).await;
    assert_eq!(ben.posts("/workflows/welcome/activation", "_method=DELETE").await.status, 303);
    app.emr_sends(&message("S12", "20260302095500", &alma(), Some(&visit("AP1", "IE", "202603101400")))).await;
    assert_eq!(app.mails_to(ALMA).len(), 1, "the invite only");
    assert_eq!(ben.posts("/workflows/welcome/activation", "").await.status, 303);
    let other = patient("3000", "Nora", "nora@mail.example", "en");
    app.emr_sends(&message("S12", "20260302095600", &other, Some(&visit("AP2", "IE", "202603111400")))).await;
    assert_eq!(app.mails_to("nora@mail.example").len(), 2);
    assert_eq!(app.mails_to(ALMA).len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_workflow_is_rehearsed_on_its_page() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302093000", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    let ben = ben(&app).await;
    let page = ben.gets("/workflows/visit-reminder/rehearsal").await;
    assert!(page.status == 200 && page.body.contains("Not rehearsed yet"), "{}", page.body);
    let begun = ben.posts("/workflows/visit-reminder/rehearsal", "which=both&alone=on").await;
    assert_eq!(begun.header("location"), Some("/workflows/visit-reminder/rehearsal?which=both&alone=on"));
    let mut shown = ben.gets("/workflows/visit-reminder/rehearsal?which=both&alone=on").await;
    while shown.body.contains("http-equiv=\"refresh\"") {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        shown = ben.gets("/workflows/visit-reminder/rehearsal?which=both&alone=on").await;
    }
    for words in
        ["The next 30 days", "The last 90 days", "Reyes, Alma", "<svg class=\"sends\"", "Patients step by step"]
    {
        assert!(shown.body.contains(words), "{words}: {}", shown.body);
    }
    assert!(ben.gets("/workflows/visit-reminder/rehearsal").await.body.contains("Not rehearsed yet"), "another choice");
    assert_eq!(ben.posts("/workflows/none/rehearsal", "which=next").await.status, 404);
    let workflow = ben.gets("/workflows/visit-reminder").await;
    assert!(workflow.body.contains("/workflows/visit-reminder/rehearsal"), "the workflow's page leads there");
    app.finish().await;
}

#[tokio::test]
async fn one_click_unsubscribes_and_looking_does_not() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302095500", &alma(), Some(&visit("AP1", "IE", "202603161400")))).await;
    let header = app.mails_to(ALMA)[0].list_unsubscribe.clone().unwrap();
    let path = header.trim_matches(['<', '>']).strip_prefix(&app.roof.base_url).unwrap().to_owned();
    let program = Browser::of(&app);
    assert_eq!(program.gets(&path).await.status, 200);
    assert_eq!(app.chart_of(app.alma().await).await.patient.opted_out.len(), 0);
    // As mail programs do: no cookie, no origin.
    for _ in 0..2 {
        assert_eq!(program.asks("POST", &path, "", "List-Unsubscribe=One-Click").await.status, 200);
    }
    assert_eq!(app.chart_of(app.alma().await).await.patient.opted_out.len(), 1);
    let forged = format!("{}0", &path[..path.len() - 1]);
    let forged = if forged == path { format!("{}1", &path[..path.len() - 1]) } else { forged };
    assert_ne!(program.asks("POST", &forged, "", "List-Unsubscribe=One-Click").await.status, 200);
    app.clock_moves_to("2026-03-17T15:00:00Z").await;
    assert_eq!(app.mails_to(ALMA).len(), 2, "nothing after it");
    app.finish().await;
}

#[tokio::test]
async fn a_hostile_name_is_shown_as_text() {
    let mut app = TestApp::start().await;
    let hostile = patient("6666", "<script>alert(1)</script>", "evil@mail.example", "en");
    app.emr_sends(&message("S12", "20260302095500", &hostile, Some(&visit("AP1", "IE", "202603021400")))).await;
    let ben = ben(&app).await;
    let page = format!("/patients/{}", app.patient("6666").await);
    for path in [page.as_str(), "/", "/patients"] {
        let body = ben.gets(path).await.body;
        assert!(body.contains("alert(1)"), "{path} does not show the name");
        assert!(!body.contains("<script>alert"), "{path}");
    }
    for mail in app.mails_to("evil@mail.example") {
        assert!(!mail.html.unwrap().contains("<script>"));
    }
    app.finish().await;
}

#[tokio::test]
async fn visits_logged_by_hand_planned_and_arrived_lead_to_mails() {
    let mut app = TestApp::start().await;
    let ben = ben(&app).await;
    let lakeview = app.clinic.locations["Lakeview"];
    let person = format!(
        "given=Bea&family=Holm&birth_date=1986-05-02&sex=female&language=en&zone=&email=bea%40mail.example&mobile=\
         &location={lakeview}&send_invite=yes"
    );
    let made = ben.posts("/patients", &person).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let page = made.header("location").unwrap().to_owned();
    app.all_work_is_done().await;
    assert_eq!(app.mails_to("bea@mail.example").len(), 0, "staff may still take it back");
    app.clock_moves_by(jiff::SignedDuration::from_secs(60)).await;
    assert_eq!(app.mails_to("bea@mail.example").len(), 1, "the invite");
    let log = |state: &str, date: &str, time: &str, kind: &str| {
        format!("state={state}&date={date}&time={time}&location={lakeview}&visit_type={kind}")
    };
    let planned = ben.posts(&format!("{page}/visits"), &log("planned", "2026-03-16", "14%3A00", "follow_up")).await;
    assert_eq!(planned.status, 303, "{}", planned.body);
    let arrived =
        ben.posts(&format!("{page}/visits"), &log("arrived", "2026-03-02", "08%3A00", "initial_evaluation")).await;
    assert_eq!(arrived.status, 303, "{}", arrived.body);
    app.all_work_is_done().await;
    let states = "select state || ' ' || visit_type from encounters order by starts_at";
    assert_eq!(app.ask(states).await, ["arrived initial_evaluation", "planned follow_up"]);
    app.clock_moves_to("2026-03-20T15:00:00Z").await;
    let sent = app.ask("select workflow || ' ' || step from deliveries where state = 'sent' order by 1").await;
    assert!(sent.contains(&"visit-reminder two-days-before".into()), "from the planned one: {sent:?}");
    assert!(sent.contains(&"recommendation day-7".into()), "from the one who came: {sent:?}");
    assert_eq!(app.mails_to("bea@mail.example").len(), sent.len());
    app.finish().await;
}
