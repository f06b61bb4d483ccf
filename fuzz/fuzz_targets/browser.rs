//! The script reads exactly what the engine allows. Any exchange is judged and described without a
//! panic.

#![no_main]

use corsac::browser::{
    AddressSpace, Credentials, Exchange, Mode, Network, Permission, Profile, Tainting, Verdict, decode_console,
    decode_delivery,
};
use corsac::{Policy, PolicySet};
use corsac_fuzz::reference::bridge;
use corsac_fuzz::script::Decides;
use corsac_fuzz::script::{Script, respond, with};
use corsac_fuzz::{exchange, paths, say_everything, set, spec};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (script, hops) = exchange(data);
    for credentials in [script.credentials, Credentials::Include] {
        with(&Script { credentials, ..script.clone() }, &hops, say_everything);
    }
    with(&script, &hops, |exchange| say_delivery(exchange, data));
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = decode_console(text).map(|message| message.cause());
        assert!(decode_delivery(text).is_none_or(|message| !message.to_string().is_empty()));
    }

    let script = Script { mode: Mode::Cors, stream_body: false, url: b"https://api.invalid/things".to_vec(), ..script };
    let status = [200, 204, 302, 304, 404, 500, 999][data.len() % 7];
    let set = set(data);
    if set.tables.is_empty() {
        let policy = bridge::compile(&spec(data).repaired(false)).0.expect("a repaired spec compiles");
        agree(&Policy::open(policy).expect("what compiles opens"), &script, status);
    } else {
        let policies = bridge::compile_set(&set.repaired(false)).0.expect("a repaired set compiles");
        let policies = PolicySet::open(policies).expect("what compiles opens");
        for path in paths(data) {
            if let Some(of_path) = policies.at(&bridge::request_path(&path)) {
                agree(&of_path, &script, status);
            }
        }
    }
});

/// The script reads exactly what the policy allows.
fn agree(policy: &impl Decides, script: &Script, status: u16) {
    for profile in Profile::ALL {
        let answered = with(script, &[], |exchange| {
            let is_sent = exchange.request.thrown().is_none() && exchange.request.dropped().next().is_none();
            let step = exchange.steps().next().filter(|step| is_sent && step.tainting() == Tainting::Cors)?;
            let origin = step.origin()?;
            let is_origin = !origin.is_empty() && origin.iter().all(u8::is_ascii_graphic);
            is_origin.then(|| respond(policy, profile, &step, status, &["ETag", "Set-Cookie"]))
        });
        let Some((hop, allowed)) = answered else { continue };
        let verdict = with(script, &[hop], |exchange| exchange.judge(profile, |_| {}).verdict);
        assert_eq!(verdict, if allowed { Verdict::Allowed } else { Verdict::Blocked }, "{profile} {script:?}");
    }
}

/// Judges the delivery in networks that the input chooses. What a console says is decoded again.
fn say_delivery(exchange: Exchange<'_>, data: &[u8]) {
    let choice = data.last().copied().map_or(0, usize::from);
    let space = |choice: usize| AddressSpace::ALL.get(choice % 4).copied();
    let addresses: Vec<&[u8]> = data.split(|&byte| byte == b'\n').collect();
    let network = Network {
        page_space: space(choice),
        secure_context: (choice & 4 == 0).then_some(choice & 8 == 0),
        target_address_space: space(choice >> 4),
        permission: Permission::ALL[choice >> 6],
        addresses: &addresses,
    };
    for profile in Profile::ALL {
        let delivery = exchange.deliver(profile, &network);
        assert!(!delivery.to_string().contains(char::is_control));
        let Some(console) = exchange.delivery_console(&delivery).map(|console| console.to_string()) else { continue };
        assert!(!console.contains(char::is_control), "{console}");
        assert!(decode_delivery(&console).is_some(), "{console}");
    }
}
