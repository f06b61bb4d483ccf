//! Everything that the browser model says about an exchange.

use corsac::browser::{Exchange, Profile, decode_console};

/// Writes everything that the model can report about an exchange. Texts for people must be
/// printable, and every message of a console must be decoded.
pub fn say_everything(exchange: Exchange<'_>) {
    for profile in Profile::ALL {
        let mut said = vec![];
        exchange.judge(profile, |blocked| {
            said.push(format!("{blocked} {}", exchange.cause(&blocked)));
            let Some(console) = exchange.console(profile, &blocked).map(|console| console.to_string()) else { return };
            assert!(decode_console(&console).is_some(), "{console}");
            said.push(console);
        });
        for step in exchange.steps() {
            let names = step.requested_headers(profile).to_string();
            assert!(
                exchange.request.thrown().is_some() || names.bytes().all(|byte| byte.is_ascii_graphic()),
                "{names:?}"
            );
            let lines = [true, false].into_iter().flat_map(|of_preflight| step.passing_lines(profile, of_preflight));
            said.extend(lines.map(|line| line.to_string()));
        }
        assert!(said.iter().all(|text| !text.contains(char::is_control)), "{said:?}");
        assert!(exchange.exposed(profile).all(|name| !name.eq_ignore_ascii_case(b"set-cookie")));
        let _ = exchange.needs_preflight_after(profile, &exchange.request, 1000);
    }
}
