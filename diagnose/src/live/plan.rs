//! Which questions a policy or a policy set gives for one URL. The engine decides whether a made origin is listed, so that a question is
//! never about what another pattern allows.

use corsac::browser::is_forbidden_header;
use corsac::{Class, PathPolicies, Policy, PolicySet, Request, RequestPath};

use super::made::{Loose, STRANGER, matching, near};
use super::planned::Plan;
use super::question::{Kind, Question};
use super::target::{Target, encoded};
use crate::explain::is_same_origin;

/// A header that no policy lists.
const HEADER: &str = "x-corsac-check";
/// Methods that a browser asks for before it sends them.
const METHODS: [&str; 4] = ["DELETE", "PATCH", "PUT", "CORSAC-CHECK"];

/// The questions, at most `limit` of them.
pub(super) fn plan(policies: &PolicySet<Vec<u8>>, url: &Target, limit: usize) -> Plan {
    let mut planner = Planner { policies, limit, plan: Plan::default() };
    let mut targets = vec![url.clone()];
    if policies.is_set() {
        for (path, policy) in policies.tables() {
            let target = url.at(encoded(path));
            // `/` is what every other path falls back to: the URL itself shows it.
            if policy.is_some() && path != b"/" && targets.iter().all(|known| known.path() != target.path()) {
                targets.push(target);
            }
        }
    }
    for target in &targets {
        planner.add_target(target);
    }
    planner.plan
}

/// The policies that decide at a path.
pub(super) fn policies_at<'p>(policies: &'p PolicySet<Vec<u8>>, target: &'p Target) -> Option<PathPolicies<'p>> {
    policies.at(&RequestPath::raw(target.path()))
}

struct Planner<'p> {
    policies: &'p PolicySet<Vec<u8>>,
    limit: usize,
    plan: Plan,
}

/// What one table lists, as texts.
struct Table {
    /// Each pattern with the origins made for it that the engine allows.
    origins: Vec<(String, Vec<String>)>,
    methods: Vec<String>,
    headers: Vec<String>,
}

impl Table {
    fn of(policies: PathPolicies<'_>, policy: &Policy<&[u8]>, target: &Target) -> Self {
        let texts = |names: &mut dyn Iterator<Item = &[u8]>| -> Vec<String> {
            names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
        };
        let of_origin = |pattern: String| {
            let is_asked = |origin: &String| {
                !is_same_origin(origin.as_bytes(), target.with_token("").as_bytes()) && allows(policies, origin)
            };
            let made = matching(&pattern).into_iter().filter(is_asked).collect();
            (pattern, made)
        };
        let mut headers = texts(&mut policy.request_headers());
        for name in &mut headers {
            *name = match name.strip_suffix('*') {
                Some("") => HEADER.to_owned(),
                Some(prefix) => format!("{prefix}corsac-check"),
                None => std::mem::take(name),
            };
        }
        headers.retain(|name| !is_forbidden_header((name.as_bytes(), None)));
        let mut methods = texts(&mut policy.methods());
        if methods == ["*"] {
            methods = vec!["GET".to_owned(), "PUT".to_owned()];
        }
        Self { origins: texts(&mut policy.origins()).into_iter().map(of_origin).collect(), methods, headers }
    }

    /// A method and headers for which a browser sends a preflight, and which are listed.
    fn asking(&self) -> Option<(String, Vec<String>)> {
        match self.methods.iter().find(|method| !is_safelisted(method)) {
            Some(method) => Some((method.clone(), Vec::new())),
            None => Some((self.methods.first()?.clone(), vec![self.headers.first()?.clone()])),
        }
    }
}

impl Planner<'_> {
    fn add_target(&mut self, target: &Target) {
        let Some(policies) = policies_at(self.policies, target) else {
            self.leave_out(target.path(), "no policy of the file is for this path");
            return;
        };
        let tables: Vec<(Table, bool)> = policies
            .policies()
            .map(|(_, policy)| (Table::of(policies, &policy, target), policy.allows_external_origins()))
            .collect();
        let is_external = tables.iter().any(|(_, is_external)| *is_external);
        if is_external {
            self.leave_out(
                "strangers",
                "external_origins lets a program of yours allow origins that the file does not list",
            );
        }
        for (place, (table, _)) in tables.iter().enumerate() {
            self.add_table(target, policies, table, place == 0);
        }
        if !is_external {
            self.add_strangers(target, policies, tables.iter().find_map(|(table, _)| table.asking()));
        }
        for (table, _) in &tables {
            self.add_paths(target, table);
        }
        for (table, _) in &tables {
            self.add_origins(target, policies, table, is_external);
        }
    }

    /// Methods and headers, from the first origin of the table.
    fn add_table(&mut self, target: &Target, policies: PathPolicies<'_>, table: &Table, is_first: bool) {
        let Some(origin) = table.origins.iter().find_map(|(_, made)| made.first()) else {
            self.leave_out(target.path(), "no page of another origin is listed that a check could ask for");
            return;
        };
        let mut question = Question {
            kind: Kind::ListedOrigin,
            target: target.clone(),
            origin: origin.clone(),
            method: "GET".to_owned(),
            headers: Vec::new(),
            is_preflight: false,
        };
        self.add(question.clone());
        if is_first {
            self.add(Question { kind: Kind::Cache, ..question.clone() });
        }
        question.kind = Kind::ListedMethod;
        let mut unsafe_methods = Vec::new();
        for method in &table.methods {
            let asked = Question { method: method.clone(), is_preflight: true, ..question.clone() };
            match method.as_str() {
                "GET" | "POST" => {}
                "HEAD" => self.add(Question { is_preflight: false, ..asked }),
                // The only other method that changes nothing.
                "OPTIONS" => self.add(Question { is_preflight: false, ..asked }),
                _ => {
                    self.add(asked);
                    unsafe_methods.push(method.clone());
                }
            }
        }
        if !unsafe_methods.is_empty() {
            let what = format!("requests with {}", unsafe_methods.join(", "));
            self.leave_out(&what, "they may change something, so that only the preflights are sent: see --send-unsafe");
        }
        let unlisted = METHODS.iter().find(|method| denies_preflight(policies, origin, method, None));
        if let Some(method) = unlisted {
            self.add(Question {
                kind: Kind::UnlistedMethod,
                method: (*method).to_owned(),
                is_preflight: true,
                ..question.clone()
            });
        }
        let Some(carrier) = table.methods.first() else { return };
        question.method.clone_from(carrier);
        question.is_preflight = true;
        question.kind = Kind::ListedHeader;
        if table.headers.len() > 1 {
            self.add(Question { headers: table.headers.clone(), ..question.clone() });
        }
        for name in &table.headers {
            self.add(Question { headers: vec![name.clone()], ..question.clone() });
        }
        if denies_preflight(policies, origin, carrier, Some(HEADER)) {
            self.add(Question { kind: Kind::UnlistedHeader, headers: vec![HEADER.to_owned()], ..question });
        }
    }

    /// Pages that are near to nothing: one that is made up, and `null`.
    fn add_strangers(&mut self, target: &Target, policies: PathPolicies<'_>, asking: Option<(String, Vec<String>)>) {
        let is_open = allows(policies, STRANGER);
        for (loose, origin) in [(Loose::Any, STRANGER), (Loose::Null, "null")] {
            // Under any origin, `null` is neither promised nor refused.
            if !is_open && !allows(policies, origin) {
                self.add_stranger(target, loose, origin, asking.as_ref());
            }
        }
    }

    /// The page, and its preflight if the policy lists something that needs one.
    fn add_stranger(&mut self, target: &Target, loose: Loose, origin: &str, asking: Option<&(String, Vec<String>)>) {
        let question = Question {
            kind: Kind::Stranger(loose),
            target: target.clone(),
            origin: origin.to_owned(),
            method: "GET".to_owned(),
            headers: Vec::new(),
            is_preflight: false,
        };
        self.add(question.clone());
        if let Some((method, headers)) = asking {
            self.add(Question { method: method.clone(), headers: headers.clone(), is_preflight: true, ..question });
        }
    }

    /// What a path of a set reaches, and what it does not.
    fn add_paths(&mut self, target: &Target, table: &Table) {
        let Some(origin) = table.origins.iter().find_map(|(_, made)| made.first()) else { return };
        let page = |kind: Kind, target: Target| Question {
            kind,
            target,
            origin: origin.clone(),
            method: "GET".to_owned(),
            headers: Vec::new(),
            is_preflight: false,
        };
        let mut found = vec![page(Kind::Missing, target.below())];
        if self.policies.is_set()
            && let Some(other) = target.look_alike()
        {
            found.push(page(Kind::LookAlike, other));
        }
        for question in found {
            if policies_at(self.policies, &question.target).is_none() {
                continue;
            }
            self.add(question.clone());
            if let Some((method, headers)) = table.asking().filter(|_| self.policies.is_set()) {
                self.add(Question { method, headers, is_preflight: true, ..question });
            }
        }
    }

    /// Every pattern: the origins made for it, and those that are near.
    fn add_origins(&mut self, target: &Target, policies: PathPolicies<'_>, table: &Table, is_external: bool) {
        let asking = table.asking();
        let main = table.origins.iter().find_map(|(_, made)| made.first());
        for (place, (pattern, made)) in table.origins.iter().enumerate() {
            for origin in made {
                let question = Question {
                    kind: Kind::ListedOrigin,
                    target: target.clone(),
                    origin: origin.clone(),
                    method: "GET".to_owned(),
                    headers: Vec::new(),
                    is_preflight: false,
                };
                if let Some((method, headers)) = &asking {
                    let (method, headers) = (method.clone(), headers.clone());
                    self.add(Question { method, headers, is_preflight: true, ..question.clone() });
                }
                if main != Some(origin) {
                    self.add(question);
                }
            }
            let Some(origin) = made.first().filter(|_| !is_external) else { continue };
            for (loose, other) in near(pattern, origin) {
                let url = target.with_token("");
                if !allows(policies, &other) && !is_same_origin(other.as_bytes(), url.as_bytes()) {
                    // A gateway matches every pattern in the same way, so one pattern shows what it does with preflights.
                    self.add_stranger(target, loose, &other, asking.as_ref().filter(|_| place == 0));
                }
            }
        }
    }

    fn add(&mut self, question: Question) {
        self.plan.add(question, self.limit);
    }

    fn leave_out(&mut self, what: &str, why: &'static str) {
        self.plan.left_out.insert((what.to_owned(), why));
    }
}

fn is_safelisted(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// Whether the engine lets a page of this origin read.
fn allows(policies: PathPolicies<'_>, origin: &str) -> bool {
    policies.evaluate(&Request::from_lines("GET", [("Origin", origin)])).is_allowed()
}

fn denies_preflight(policies: PathPolicies<'_>, origin: &str, method: &str, header: Option<&str>) -> bool {
    let lines = [("Origin", origin), ("Access-Control-Request-Method", method)];
    let mut request: Request<'_> = Request::from_lines("OPTIONS", lines);
    if let Some(name) = header {
        request.header("Access-Control-Request-Headers", name);
    }
    let decision = policies.evaluate(&request);
    decision.class() == Class::Preflight && !decision.is_allowed()
}
