//! `corsac compile`: writes the image of a policy or a policy set to a file that is replaced whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::args::Compile;
use crate::failure::{Failure, Outcome, write_out};
use crate::policy_source::load_usable;
use corsac_diagnose::printable;

pub(crate) fn run(compile: &Compile) -> Result<Outcome, Failure> {
    let Some(policies) = load_usable(&compile.policy)? else {
        return Ok(Outcome::Problem);
    };
    if compile.output == Path::new("-") {
        write_out(policies.image())?;
    } else {
        write_file(&compile.output, policies.image())?;
    }
    Ok(Outcome::Fine)
}

/// Replaces a file whole or not at all.
pub(crate) fn write_file(target: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace(target, bytes)
        .map_err(|error| Failure::because(format_args!("cannot write {}", printable(&target.to_string_lossy())), error))
}

/// Replaces `target` with `image`. A reader sees the old file or the new one, never a part.
fn replace(target: &Path, image: &[u8]) -> io::Result<()> {
    let old = match fs::metadata(target) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if old.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // A pipe or a device cannot be replaced, so it is written to.
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return File::options().write(true).open(target)?.write_all(image);
    }
    // A link stays a link, and its target is replaced.
    let target = if old.is_some() { fs::canonicalize(target)? } else { target.to_path_buf() };
    let mut fresh = tempfile_next_to(&target)?;
    fresh.write_all(image)?;
    if let Some(old) = old {
        fresh.as_file().set_permissions(old.permissions())?;
    }
    fresh.as_file().sync_all()?;
    fresh.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

fn tempfile_next_to(target: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".corsac-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}
