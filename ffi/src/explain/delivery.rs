//! Whether a request leaves the browser: mixed content and local network access. Only with the feature `delivery`.

use core::ffi::c_void;

use corsac::browser::{
    AddressSpace, Certainty, Delivery, DeliveryMessage, DeliveryVerdict, Exchange, Network, Part, Permission,
    decode_delivery,
};
use heapless::Vec;

use super::cut::Cut;
use super::exchange::{CORSAC_EXPLAIN_HOPS_MAX, Given, corsac_hop, with_exchange};
use super::judge::CORSAC_CONSOLE_MAX;
use super::profile::{CORSAC_PROFILE_NONE, number, profile};
use super::script::corsac_script_request;
use crate::bytes::corsac_bytes;
use crate::pointer::{input, inputs, output};
use crate::result::{CORSAC_INVALID_ARGUMENT, CORSAC_TOO_MANY, Outcome, corsac_result, result_of};
use crate::sentence::Sentence;

/// The address space is not known.
pub const CORSAC_SPACE_UNKNOWN: i32 = 0;
/// The user's own machine.
pub const CORSAC_SPACE_LOOPBACK: i32 = 1;
/// The user's network, which the internet does not route to.
pub const CORSAC_SPACE_LOCAL: i32 = 2;
/// The internet.
pub const CORSAC_SPACE_PUBLIC: i32 = 3;

/// Nothing is known of the permission: the browser asks unless the user has decided before.
pub const CORSAC_PERMISSION_UNKNOWN: i32 = 0;
/// The user has not decided yet.
pub const CORSAC_PERMISSION_PROMPT: i32 = 1;
/// The user allows it.
pub const CORSAC_PERMISSION_GRANTED: i32 = 2;
/// The user, the frame or an administrator does not allow it.
pub const CORSAC_PERMISSION_DENIED: i32 = 3;

/// Whether the page is a secure context: what its origin says.
pub const CORSAC_CONTEXT_UNKNOWN: i32 = 0;
/// The page is a secure context.
pub const CORSAC_CONTEXT_SECURE: i32 = 1;
/// The page is not a secure context.
pub const CORSAC_CONTEXT_NOT_SECURE: i32 = 2;

/// The browser sends the request.
pub const CORSAC_DELIVERY_OK: i32 = 0;
/// The browser asks the user first.
pub const CORSAC_DELIVERY_ASK: i32 = 1;
/// It depends on something that is not known.
pub const CORSAC_DELIVERY_UNKNOWN: i32 = 2;
/// The browser does not send the request, and does not ask.
pub const CORSAC_DELIVERY_REFUSED: i32 = 3;

/// Everything that the verdict depends on is known, and a run in the browser has shown the rule.
pub const CORSAC_CERTAINTY_CERTAIN: i32 = 0;
/// The address space is a guess, from the name alone.
pub const CORSAC_CERTAINTY_LIKELY: i32 = 1;
/// Something that the verdict depends on is not known.
pub const CORSAC_CERTAINTY_POSSIBLE: i32 = 2;

/// What is known of the networks that the page and the servers are in. Call `corsac_network_init` first, then set what you know.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_network {
    /// `sizeof(corsac_network)`, written by `corsac_network_init`.
    pub size: usize,
    /// The space of the address that the page was loaded from: `CORSAC_SPACE_...`. Unknown: what its origin says.
    pub page_space: i32,
    /// `CORSAC_CONTEXT_...`
    pub secure_context: i32,
    /// The option `targetAddressSpace` of `fetch()`: `CORSAC_SPACE_...`. Unknown: the script does not have it.
    pub target_address_space: i32,
    /// `CORSAC_PERMISSION_...`
    pub permission: i32,
    /// For each hop, the address that the browser connects to, such as `192.168.0.5` or `::1`. Empty: not known.
    pub addresses: *const corsac_bytes,
    /// The number of `addresses`, at most `CORSAC_EXPLAIN_HOPS_MAX`.
    pub address_count: usize,
}

/// Whether a request leaves the browser, and why not. It is valid during the callback, but `code`, `advice` and `versions` are static.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_delivery {
    /// `sizeof(corsac_delivery)` of the library.
    pub size: usize,
    /// `CORSAC_DELIVERY_...`
    pub verdict: i32,
    /// `CORSAC_CERTAINTY_...`
    pub certainty: i32,
    /// 1: the preflight does not leave. 0: the request.
    pub in_preflight: i32,
    /// The space of the server's address: `CORSAC_SPACE_...`
    pub target_space: i32,
    /// The number of the hop, from 0.
    pub hop: usize,
    /// The stable name of the reason, such as `mixed-content`. Its `ptr` is NULL if the browser sends the request; so are the next three.
    pub code: corsac_bytes,
    /// What to do about it, in one sentence.
    pub advice: corsac_bytes,
    /// The versions of the browser that the reason speaks of. NULL: all of today.
    pub versions: corsac_bytes,
    /// The reason in one sentence.
    pub sentence: corsac_bytes,
    /// The message in the console of this browser: UTF-8, at most `CORSAC_CONSOLE_MAX` bytes. Empty if it has no message of its own.
    pub console: corsac_bytes,
}

/// Receives the delivery. `data` is the pointer that you passed with the function.
pub type corsac_on_delivery = Option<unsafe extern "C" fn(data: *mut c_void, delivery: *const corsac_delivery)>;

/// Sets everything to what is not known.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
///
/// Only a library that was built with the feature `delivery` has this function. It is a default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_network_init(network: *mut corsac_network) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        unsafe { output(network)? }.write(corsac_network {
            size: size_of::<corsac_network>(),
            page_space: CORSAC_SPACE_UNKNOWN,
            secure_context: CORSAC_CONTEXT_UNKNOWN,
            target_address_space: CORSAC_SPACE_UNKNOWN,
            permission: CORSAC_PERMISSION_UNKNOWN,
            addresses: core::ptr::null(),
            address_count: 0,
        });
        Ok(())
    })
}

/// Finds out whether a browser sends the requests of an exchange, and calls `on_delivery` once with `data` and the worst verdict of all hops.
/// The verdict of `corsac_explain` is about CORS alone: neither depends on the other.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
///
/// Only a library that was built with the feature `delivery` has this function. It is a default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_deliver(
    request: *const corsac_script_request,
    hops: *const corsac_hop,
    hop_count: usize,
    network: *const corsac_network,
    profile: i32,
    on_delivery: corsac_on_delivery,
    data: *mut c_void,
) -> corsac_result {
    result_of(|| {
        let profile = self::profile(profile)?;
        let on_delivery = on_delivery.ok_or(CORSAC_INVALID_ARGUMENT)?;
        let mut addresses = Vec::new();
        // SAFETY: what the header asks of every pointer.
        let network = unsafe { read(network, &mut addresses)? };
        let network = Network { addresses: &addresses, ..network };
        let deliver = |exchange: Exchange<'_>| {
            describe(&exchange, &exchange.deliver(profile, &network), |delivery| {
                // SAFETY: the caller's function and the caller's data.
                unsafe { on_delivery(data, delivery) }
            });
        };
        // SAFETY: as above.
        unsafe { with_exchange(Given { request, hops, hop_count }, deliver) }
    })
}

/// # Safety
/// `network` is NULL or can be read, and so can all that it points to, for `'a`.
unsafe fn read<'a>(
    network: *const corsac_network,
    addresses: &mut Vec<&'a [u8], CORSAC_EXPLAIN_HOPS_MAX>,
) -> Outcome<Network<'a>> {
    // SAFETY: the caller's promise.
    let given = unsafe { input(network)? };
    if given.size != size_of::<corsac_network>() {
        return Err(CORSAC_INVALID_ARGUMENT);
    }
    // SAFETY: the same.
    for address in unsafe { inputs(given.addresses, given.address_count)? } {
        // SAFETY: the same.
        addresses.push(unsafe { address.read()? }).map_err(|_| CORSAC_TOO_MANY)?;
    }
    Ok(Network {
        page_space: space(given.page_space)?,
        secure_context: match given.secure_context {
            CORSAC_CONTEXT_UNKNOWN => None,
            CORSAC_CONTEXT_SECURE => Some(true),
            CORSAC_CONTEXT_NOT_SECURE => Some(false),
            _ => return Err(CORSAC_INVALID_ARGUMENT),
        },
        target_address_space: space(given.target_address_space)?,
        permission: match given.permission {
            CORSAC_PERMISSION_UNKNOWN => Permission::Unknown,
            CORSAC_PERMISSION_PROMPT => Permission::Prompt,
            CORSAC_PERMISSION_GRANTED => Permission::Granted,
            CORSAC_PERMISSION_DENIED => Permission::Denied,
            _ => return Err(CORSAC_INVALID_ARGUMENT),
        },
        addresses: &[],
    })
}

const fn space(number: i32) -> Outcome<Option<AddressSpace>> {
    Ok(match number {
        CORSAC_SPACE_UNKNOWN => None,
        CORSAC_SPACE_LOOPBACK => Some(AddressSpace::Loopback),
        CORSAC_SPACE_LOCAL => Some(AddressSpace::Local),
        CORSAC_SPACE_PUBLIC => Some(AddressSpace::Public),
        _ => return Err(CORSAC_INVALID_ARGUMENT),
    })
}

const fn space_number(space: Option<AddressSpace>) -> i32 {
    match space {
        Some(AddressSpace::Loopback) => CORSAC_SPACE_LOOPBACK,
        Some(AddressSpace::Local) => CORSAC_SPACE_LOCAL,
        Some(AddressSpace::Public) => CORSAC_SPACE_PUBLIC,
        _ => CORSAC_SPACE_UNKNOWN,
    }
}

/// Describes a delivery in words.
fn describe(exchange: &Exchange<'_>, delivery: &Delivery, on: impl FnOnce(&corsac_delivery)) {
    let sentence = Sentence::of(delivery);
    let mut console = Cut::<CORSAC_CONSOLE_MAX>::new();
    let said = exchange.delivery_console(delivery).map_or("", |said| console.of(said));
    let of = |text: Option<&str>| text.map_or(corsac_bytes::NONE, |text| corsac_bytes::of(text.as_bytes()));
    let code = delivery.code();
    on(&corsac_delivery {
        size: size_of::<corsac_delivery>(),
        verdict: match delivery.verdict() {
            DeliveryVerdict::Ok => CORSAC_DELIVERY_OK,
            DeliveryVerdict::Ask => CORSAC_DELIVERY_ASK,
            DeliveryVerdict::Refused => CORSAC_DELIVERY_REFUSED,
            _ => CORSAC_DELIVERY_UNKNOWN,
        },
        certainty: match delivery.certainty() {
            Certainty::Certain => CORSAC_CERTAINTY_CERTAIN,
            Certainty::Likely => CORSAC_CERTAINTY_LIKELY,
            _ => CORSAC_CERTAINTY_POSSIBLE,
        },
        in_preflight: i32::from(delivery.part() == Part::Preflight),
        target_space: space_number(delivery.target_space()),
        hop: delivery.hop(),
        code: of(code.map(|code| code.as_str())),
        advice: of(code.map(|code| code.advice())),
        versions: of(delivery.versions()),
        sentence: code.map_or(corsac_bytes::NONE, |_| corsac_bytes::of(sentence.as_bytes())),
        console: corsac_bytes::of(said.as_bytes()),
    });
}

/// A decoded console message about a request that did not leave. `code` and `advice` are static; `page` and `url` are part of the message, which
/// others wrote. A `ptr` is NULL if the message does not say.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_delivery_message {
    /// The bytes of this struct that the library has written. A member that ends behind them is one of a later version.
    pub size: usize,
    /// The browser that writes this message: `CORSAC_PROFILE_...`. With `CORSAC_PROFILE_NONE` everything else is empty.
    pub profile: i32,
    /// 1: the request did not leave. 0: the message only informs.
    pub is_blocked: i32,
    /// The space of the server's address: `CORSAC_SPACE_...`
    pub target_space: i32,
    /// The stable name of the reason, such as `mixed-content`.
    pub code: corsac_bytes,
    /// The page: its URL, its origin or its site.
    pub page: corsac_bytes,
    /// The URL of the request.
    pub url: corsac_bytes,
    /// What to do about it, in one sentence.
    pub advice: corsac_bytes,
    /// Zeros: room for members of a later version.
    pub reserved: [u64; 2],
}

/// Decodes a console message about mixed content, local network access or the old Private Network Access. `text` is UTF-8, and there can be
/// other text around the message. Another text is not an error: then `message->profile` is `CORSAC_PROFILE_NONE`.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, also if the text is not UTF-8.
///
/// Only a library that was built with the feature `delivery` has this function. It is a default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_decode_delivery(
    text: corsac_bytes,
    message: *mut corsac_delivery_message,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (text, message) = unsafe { (text.read()?, output(message)?) };
        let text = core::str::from_utf8(text).map_err(|_| CORSAC_INVALID_ARGUMENT)?;
        message.write(decoded(decode_delivery(text)));
        Ok(())
    })
}

fn decoded(message: Option<DeliveryMessage<'_>>) -> corsac_delivery_message {
    let of = |text: Option<&str>| text.map_or(corsac_bytes::NONE, |text| corsac_bytes::of(text.as_bytes()));
    let code = message.map(|message| message.code);
    corsac_delivery_message {
        size: core::mem::offset_of!(corsac_delivery_message, reserved),
        profile: message.map_or(CORSAC_PROFILE_NONE, |message| number(message.profile)),
        is_blocked: message.map_or(0, |message| i32::from(message.is_blocked)),
        target_space: space_number(message.and_then(|message| message.space)),
        code: of(code.map(|code| code.as_str())),
        page: of(message.and_then(|message| message.page)),
        url: of(message.and_then(|message| message.url)),
        advice: of(code.map(|code| code.advice())),
        reserved: [0; 2],
    }
}
