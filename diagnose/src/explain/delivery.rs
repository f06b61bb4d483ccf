//! Whether a request leaves the browser: the second verdict of a report, with the CORS verdict.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::Style;
use corsac::browser::{AddressSpace, Certainty, Delivery, DeliveryCode, DeliveryVerdict, Part, Profile};
use serde::Serialize;

use super::diagnosis::{PerProfile, in_some_or_every};
use super::sentence::sentence;
use crate::delivery::deliver;
use crate::exchange::Exchange;
use crate::printable::printable;

const HEAD: Style = Style::new().bold();

/// The delivery of one exchange in every profile.
///
/// ```
/// use corsac_diagnose::{Deliveries, UrlCrate, read_resolved};
/// let line = br#"{"request":{"origin":"https://app.example","url":"http://api.example/x"}}"#;
/// let deliveries = Deliveries::of(&read_resolved(line, &UrlCrate)?.exchange);
/// assert!(deliveries.are_refused(false));
/// assert!(deliveries.refusal_in_every_browser().is_some_and(|why| why.contains("https:")));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug)]
pub struct Deliveries {
    each: Vec<Delivery>,
    console: Vec<Option<String>>,
    /// No verdict is more certain than this.
    most: Certainty,
}

impl Deliveries {
    /// Judges a resolved exchange in every profile.
    #[must_use]
    pub fn of(exchange: &Exchange) -> Self {
        let (each, console) = deliver(exchange).into_iter().unzip();
        Self { each, console, most: Certainty::Certain }
    }

    /// What a browser hid is at most likely: `net::ERR_FAILED` names no reason.
    #[must_use]
    pub(super) const fn at_most_likely(mut self) -> Self {
        self.most = Certainty::Likely;
        self
    }

    fn certainty(&self, delivery: &Delivery) -> Certainty {
        match (self.most, delivery.certainty()) {
            (Certainty::Likely, Certainty::Certain) => Certainty::Likely,
            (_, certainty) => certainty,
        }
    }

    /// Whether the command ends as it does for a blocked request. A page that is not deployed yet is not refused on the user's own
    /// machine, because browsers treat a development page otherwise.
    #[must_use]
    pub fn are_refused(&self, is_deployed: bool) -> bool {
        let counts = |delivery: &&Delivery| is_deployed || delivery.target_space() != Some(AddressSpace::Loopback);
        self.each.iter().filter(counts).any(|delivery| delivery.verdict() == DeliveryVerdict::Refused)
    }

    /// Why no browser sends this, if none does.
    #[must_use]
    pub fn refusal_in_every_browser(&self) -> Option<String> {
        let is_refused = |delivery: &Delivery| delivery.verdict() == DeliveryVerdict::Refused;
        self.each.first().filter(|_| self.each.iter().all(is_refused)).map(ToString::to_string)
    }

    /// The worst verdict that is in a report, with its reason.
    #[must_use]
    pub(super) fn first_reported(&self) -> Option<(DeliveryVerdict, DeliveryCode)> {
        self.reported().first().and_then(|(delivery, _)| Some((delivery.verdict(), delivery.code()?)))
    }

    /// The profiles with this verdict, for a reason that a report has.
    pub(super) fn profiles_with(&self, verdict: DeliveryVerdict) -> Vec<Profile> {
        let reported = self.reported();
        let has =
            |profile: &Profile| reported.iter().any(|(found, all)| found.verdict() == verdict && all.contains(profile));
        Profile::ALL.into_iter().filter(has).collect()
    }

    /// Whether a report has anything of it.
    pub(super) fn are_reported(&self) -> bool {
        !self.reported().is_empty()
    }

    /// Each reason once, with its profiles, the worst verdict first. JSON keeps a preflight and its request apart, people need not.
    fn reasons(&self, has_same_part: fn(Part, Part) -> bool) -> Vec<(Delivery, Vec<Profile>)> {
        let mut reasons: Vec<(Delivery, Vec<Profile>)> = Vec::new();
        for (profile, delivery) in Profile::ALL.into_iter().zip(&self.each) {
            let is_same = |known: &Delivery| {
                (known.verdict(), known.code(), known.hop(), known.target_space())
                    == (delivery.verdict(), delivery.code(), delivery.hop(), delivery.target_space())
                    && has_same_part(known.part(), delivery.part())
            };
            match reasons.iter_mut().find(|(known, _)| is_same(known)) {
                Some((_, profiles)) => profiles.push(profile),
                None if delivery.code().is_some() => reasons.push((*delivery, vec![profile])),
                None => {}
            }
        }
        let rank = |verdict: DeliveryVerdict| match verdict {
            DeliveryVerdict::Refused => 0,
            DeliveryVerdict::Ask => 1,
            _ => 2,
        };
        reasons.sort_by_key(|(delivery, _)| rank(delivery.verdict()));
        reasons
    }

    /// The versions of these browsers that a reason speaks of, where it is not all of today.
    fn versions(&self, profiles: &[Profile]) -> impl Iterator<Item = (Profile, &'static str)> {
        let each = Profile::ALL.into_iter().zip(&self.each).filter(|(profile, _)| profiles.contains(profile));
        each.filter_map(|(profile, delivery)| Some((profile, delivery.versions()?)))
    }

    /// In which browsers, and of which versions.
    fn push_browsers(&self, text: &mut String, profiles: &[Profile]) {
        text.push_str(&in_some_or_every(profiles));
        let versions: Vec<_> = self.versions(profiles).map(|(_, versions)| versions).collect();
        if !versions.is_empty() {
            let _ = write!(text, " ({})", versions.join(", "));
        }
    }

    /// The reasons that are in a report. Any server's name may have a private address: that alone is not worth a line.
    fn reported(&self) -> Vec<(Delivery, Vec<Profile>)> {
        let mut reasons = self.reasons(|_, _| true);
        reasons.retain(|(delivery, _)| delivery.code() != Some(DeliveryCode::TargetSpaceUnknown));
        reasons
    }
}

/// Why the request does not leave, or not without the user.
pub(super) fn push(text: &mut String, deliveries: &Deliveries) {
    let reported = deliveries.reported();
    for (place, (delivery, profiles)) in reported.iter().enumerate() {
        let Some(code) = delivery.code() else { continue };
        let head = if place == 0 { "Delivery:" } else { "" };
        let words = match delivery.verdict() {
            DeliveryVerdict::Refused => "refused",
            DeliveryVerdict::Ask => "the user is asked",
            _ => "uncertain",
        };
        let _ = write!(text, "{HEAD}{head:<9}{HEAD:#} {words} ");
        deliveries.push_browsers(text, profiles);
        let certainty = deliveries.certainty(delivery);
        if certainty == Certainty::Likely {
            let _ = write!(text, ", {certainty}");
        }
        if delivery.hop() > 0 {
            let _ = write!(text, ", at redirect {}", delivery.hop());
        }
        let _ = writeln!(text, ": {delivery} [{code}]");
    }
    if !reported.is_empty() {
        text.push_str("          No header of the server changes that.\n");
    }
    let mut advised = Vec::new();
    for code in reported.iter().filter_map(|(delivery, _)| delivery.code()) {
        let advice = match code {
            DeliveryCode::PageSpaceUnknown => "say where the page is served from: --page-space, or --deployed",
            code => code.advice(),
        };
        if !advised.contains(&advice) {
            let head = if advised.is_empty() { "Fix:" } else { "" };
            advised.push(advice);
            let _ = writeln!(text, "{HEAD}{head:<9}{HEAD:#} {}", sentence(advice, '.'));
        }
    }
    let mut begun = false;
    for (profile, console) in Profile::ALL.into_iter().zip(&deliveries.console) {
        if let Some(console) = console {
            if !begun {
                let _ = writeln!(text, "{HEAD}Its console:{HEAD:#}");
                begun = true;
            }
            let _ = writeln!(text, "  {:<9} {}", profile.name(), printable(console));
        }
    }
    if !reported.is_empty() {
        text.push('\n');
    }
}

/// The verdicts of `eval`: one line if there is anything to tell.
///
/// ```
/// use corsac_diagnose::{Deliveries, UrlCrate, push_delivery, read_resolved};
/// let line = br#"{"request":{"origin":"https://app.example","url":"http://api.example/x"}}"#;
/// let deliveries = Deliveries::of(&read_resolved(line, &UrlCrate)?.exchange);
/// let mut text = String::new();
/// push_delivery(&mut text, &deliveries);
/// assert!(text.contains("mixed-content"));
/// # Ok::<(), String>(())
/// ```
pub fn push_line(text: &mut String, deliveries: &Deliveries) {
    for (delivery, profiles) in deliveries.reported() {
        let code = delivery.code().map_or("", DeliveryCode::as_str);
        text.push_str("Delivery ");
        deliveries.push_browsers(text, &profiles);
        let _ = writeln!(text, ": {}: {delivery} [{code}].", delivery.verdict());
    }
}

/// The members of a line of JSON.
#[derive(Serialize)]
pub(super) struct LineDelivery<'a> {
    delivery: PerProfile<&'static str>,
    delivery_by: Vec<LineReason>,
    delivery_console: LineConsole<'a>,
}

impl LineDelivery<'_> {
    pub(super) fn verdicts(&self) -> &PerProfile<&'static str> {
        &self.delivery
    }

    pub(super) fn reasons(&self) -> &[LineReason] {
        &self.delivery_by
    }
}

#[derive(Serialize)]
pub(super) struct LineReason {
    code: &'static str,
    verdict: &'static str,
    certainty: &'static str,
    at: &'static str,
    hop: usize,
    target_space: Option<&'static str>,
    profiles: Vec<&'static str>,
    versions: BTreeMap<&'static str, &'static str>,
}

#[derive(Serialize)]
struct LineConsole<'a> {
    chromium: Option<&'a str>,
    firefox: Option<&'a str>,
    webkit: Option<&'a str>,
}

impl Deliveries {
    pub(super) fn as_json(&self) -> LineDelivery<'_> {
        let place = |profile| Profile::ALL.iter().position(|known| *known == profile).unwrap_or_default();
        let console = |profile| self.console.get(place(profile))?.as_deref();
        let line = |(delivery, profiles): (Delivery, Vec<Profile>)| LineReason {
            code: delivery.code().map_or("", DeliveryCode::as_str),
            verdict: delivery.verdict().as_str(),
            certainty: self.certainty(&delivery).as_str(),
            at: match delivery.part() {
                Part::Preflight => "preflight",
                _ => "response",
            },
            hop: delivery.hop(),
            target_space: delivery.target_space().map(AddressSpace::as_str),
            versions: self.versions(&profiles).map(|(profile, versions)| (profile.name(), versions)).collect(),
            profiles: profiles.into_iter().map(Profile::name).collect(),
        };
        LineDelivery {
            delivery: PerProfile::new(|profile| {
                self.each.get(place(profile)).map_or(DeliveryVerdict::Unknown, Delivery::verdict).as_str()
            }),
            delivery_by: self.reasons(|known, part| known == part).into_iter().map(line).collect(),
            delivery_console: LineConsole {
                chromium: console(Profile::Chromium),
                firefox: console(Profile::Firefox),
                webkit: console(Profile::WebKit),
            },
        }
    }
}
