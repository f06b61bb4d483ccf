//! A policy set: several policies in one image, chosen by path and by origin. A view of that image, as a policy is.

use core::ffi::c_void;

use corsac::{PolicySpec, Tables};
use corsac_hot::{Policy, PolicySet, RequestPath};

use crate::bytes::{Text, corsac_bytes};
use crate::finding::{corsac_on_finding, report};
use crate::pointer::{input, inputs, output, outputs, switch};
use crate::policy::{corsac_policy, zeroed};
use crate::result::{
    CORSAC_INVALID_ARGUMENT, CORSAC_OK, CORSAC_UNTOUCHED, Outcome, corsac_result, of_compile, of_open, result_of,
};
use crate::spec::corsac_spec;

/// One table of a policy set: a path, and the policy for this path and everything below it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_policy_table {
    /// The path, decoded: `/`, or `/account` for `/account` and `/account/cards`, but not for `/accounts`. At most 255 bytes and 16 segments.
    pub path: corsac_bytes,
    /// The policy. NULL if `untouched` is 1.
    pub spec: *const corsac_spec,
    /// 1: no policy applies to this path, although a shorter path may have one. `cors = false` in a policy file.
    pub untouched: u8,
}

/// A compiled policy set: a view of its image, which stays in your memory. Only `corsac_policy_set_compile` and `corsac_policy_set_open` make
/// one. What is true of the image of a `corsac_policy` is true of this one.
///
/// The longest path of whole segments decides. Several tables can have the same path, at most 8: they are asked in their order, and the first
/// that allows the request's origin decides everything. A plain request is decided by the one that allows any origin, or else by the first.
///
/// A single policy is a set of one for every path: you can copy the two members of a `corsac_policy` into a `corsac_policy_set`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_policy_set {
    /// The first byte of the image.
    pub image: *const u8,
    /// The length of the image in bytes.
    pub len: usize,
}

/// The path of a request. Give the decoded path as your router sees it, and the raw one if you still have it: only the raw one shows an encoded
/// slash. If you have only the raw path, Corsac decodes it. A query after a `?` in the raw path is ignored.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_request_path {
    /// The decoded path. `ptr` is NULL if you do not have it.
    pub decoded: corsac_bytes,
    /// The path as it was sent. `ptr` is NULL if you do not have it.
    pub raw: corsac_bytes,
}

/// Receives each table of a set, in the order of the file: its number from 0, its path, and its policy, or NULL for a path that is untouched.
/// `data` is the pointer that you passed with the function.
pub type corsac_on_table =
    Option<unsafe extern "C" fn(data: *mut c_void, table: usize, path: corsac_bytes, policy: *const corsac_policy)>;

/// The tables where the caller has them: each was checked.
struct Given<'t>(&'t [corsac_policy_table]);

impl corsac_policy_table {
    /// The path, and the policy if there is one.
    ///
    /// # Safety
    /// [`corsac_bytes::read`] may read the path; `spec` is NULL or misaligned, or [`corsac_spec::read`] may read it; both for `'a`.
    unsafe fn read<'a>(&self) -> Outcome<(&'a [u8], Option<PolicySpec<'a, Text>>)> {
        // SAFETY: this function's own condition.
        let path = unsafe { self.path.read()? };
        if switch(self.untouched)? {
            return if self.spec.is_null() { Ok((path, None)) } else { Err(CORSAC_INVALID_ARGUMENT) };
        }
        // SAFETY: as above.
        let spec = unsafe { input(self.spec)?.read()? };
        Ok((path, Some(spec)))
    }
}

impl<'t> Given<'t> {
    /// # Safety
    /// `tables` is NULL or misaligned, or `count` tables from it are initialised, [`corsac_policy_table::read`] may read each of them, and
    /// nothing writes to any of it during `'t`.
    unsafe fn read(tables: *const corsac_policy_table, count: usize) -> Outcome<Self> {
        // SAFETY: this function's own condition.
        let tables: &'t [corsac_policy_table] = unsafe { inputs(tables, count)? };
        for table in tables {
            // SAFETY: as above.
            unsafe { table.read()? };
        }
        Ok(Self(tables))
    }
}

impl Tables for Given<'_> {
    type Text = Text;

    fn count(&self) -> usize {
        self.0.len()
    }

    fn path(&self, table: usize) -> &[u8] {
        // SAFETY: `Given::read`, which alone makes these, demands that it may be read for as long as the tables.
        self.0.get(table).and_then(|table| unsafe { table.path.read() }.ok()).unwrap_or_default()
    }

    fn policy(&self, table: usize) -> Option<PolicySpec<'_, Text>> {
        // SAFETY: as above.
        self.0.get(table).and_then(|table| unsafe { table.read() }.ok())?.1
    }
}

/// Writes the number of bytes of storage that `corsac_policy_set_compile` needs for these tables to `*size`.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_set_size(
    tables: *const corsac_policy_table,
    table_count: usize,
    size: *mut usize,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (tables, size) = unsafe { (Given::read(tables, table_count)?, output(size)?) };
        size.write(corsac::set_image_len(&tables));
        Ok(())
    })
}

/// Compiles the tables into `storage`, and makes `*set` a view of it. At most 4096 tables.
///
/// `storage`, `on_finding` and `data` are as in `corsac_policy_compile`, with the size of `corsac_policy_set_size`. Each finding names its
/// table. Findings about single tables come first, in the order of the tables, then those that compare tables with each other.
///
/// Errors: `CORSAC_FINDINGS`, `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_TOO_LARGE`, `CORSAC_INVALID_ARGUMENT`; then `*set` is unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_set_compile(
    tables: *const corsac_policy_table,
    table_count: usize,
    storage: *mut u8,
    storage_len: usize,
    on_finding: corsac_on_finding,
    data: *mut c_void,
    set: *mut corsac_policy_set,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (tables, storage, set) =
            unsafe { (Given::read(tables, table_count)?, outputs(storage, storage_len)?, output(set)?) };
        let compiled = corsac::compile_set(&tables, zeroed(storage), |finding| {
            // SAFETY: what the header asks of a callback.
            unsafe { report(on_finding, data, finding) };
        });
        let compiled = compiled.map_err(of_compile)?;
        let image = compiled.image();
        set.write(corsac_policy_set { image: image.as_ptr(), len: image.len() });
        Ok(())
    })
}

/// Opens the image of a set that was compiled elsewhere, exactly the `len` bytes of its file, and makes `*set` a view of it. `image` may have
/// any alignment, and may be the image of a single policy: that is a set of one for every path.
///
/// The whole image is checked once, as in `corsac_policy_open`.
///
/// Errors: `CORSAC_NOT_AN_IMAGE`, `CORSAC_OTHER_VERSION`, `CORSAC_WRONG_LENGTH`, `CORSAC_DAMAGED`, `CORSAC_REFUSED`,
/// `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_set_open(
    image: *const u8,
    len: usize,
    set: *mut corsac_policy_set,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (bytes, set) = unsafe { (corsac_bytes { ptr: image, len }.read()?, output(set)?) };
        let opened = corsac::PolicySet::open(bytes).map_err(of_open)?;
        let image = opened.image();
        set.write(corsac_policy_set { image: image.as_ptr(), len: image.len() });
        Ok(())
    })
}

/// Calls `on_table` with `data` for each table of the set. The path and the policy point into the image: a copy of the `corsac_policy` stays
/// valid as long as the image.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_set_tables(
    set: *const corsac_policy_set,
    on_table: corsac_on_table,
    data: *mut c_void,
) -> corsac_result {
    result_of(|| {
        let on_table = on_table.ok_or(CORSAC_INVALID_ARGUMENT)?;
        // SAFETY: what the header asks of every pointer.
        let set = unsafe { read(set)? };
        for (number, (path, policy)) in set.tables().enumerate() {
            let view = policy.as_ref().map(view_of);
            let policy = view.as_ref().map_or(core::ptr::null(), core::ptr::from_ref);
            // SAFETY: what the header asks of a callback.
            unsafe { on_table(data, number, corsac_bytes::of(path), policy) };
        }
        Ok(())
    })
}

fn view_of(policy: &Policy<&[u8]>) -> corsac_policy {
    let image = policy.image();
    corsac_policy { image: image.as_ptr(), len: image.len() }
}

/// Runs the body of a function that says `CORSAC_UNTOUCHED` where no policy applies.
#[inline]
pub(crate) fn result_of_path(body: impl FnOnce() -> Outcome<bool>) -> corsac_result {
    match body() {
        Ok(true) => CORSAC_OK,
        Ok(false) => CORSAC_UNTOUCHED,
        Err(code) => code,
    }
}

impl corsac_request_path {
    /// # Safety
    /// [`corsac_bytes::read`] may read each of the two for `'a`.
    pub(crate) unsafe fn read<'a>(&self) -> Outcome<RequestPath<'a>> {
        // SAFETY: this function's own condition.
        match unsafe { (self.decoded.read_if_any()?, self.raw.read_if_any()?) } {
            (Some(decoded), Some(raw)) => Ok(RequestPath::decoded(decoded).with_raw(raw)),
            (Some(decoded), None) => Ok(RequestPath::decoded(decoded)),
            (None, Some(raw)) => Ok(RequestPath::raw(raw)),
            (None, None) => Err(CORSAC_INVALID_ARGUMENT),
        }
    }
}

/// The engine's set over the caller's image, as `policy::read` does it.
///
/// # Safety
/// As `policy::read`, for a set.
pub(crate) unsafe fn read(set: *const corsac_policy_set) -> Outcome<PolicySet<&'static [u8]>> {
    // SAFETY: this function's own condition.
    let corsac_policy_set { image, len } = *unsafe { input(set)? };
    if len == 0 {
        return Err(CORSAC_INVALID_ARGUMENT);
    }
    // SAFETY: as above.
    Ok(PolicySet::from_compiled(unsafe { corsac_bytes { ptr: image, len }.read()? }))
}
