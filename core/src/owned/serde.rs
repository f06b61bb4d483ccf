//! Owned specs in the form of a policy file, for any format that serde reads.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::owned::set_spec::{OwnedSetSpec, OwnedTable};
use crate::owned::spec::{OwnedSpec, OwnedSuffixes};
use crate::spec::field::Field;
use crate::spec::option_name::{UnknownOption, policy_option, table_option};

/// Reads the options of a policy, by their names in a policy file. An unknown name is an error that
/// says which one was probably meant.
///
/// ```
/// use corsac::OwnedSpec;
/// #[derive(serde::Deserialize)]
/// struct Config {
///     cors: OwnedSpec,
/// }
/// let config: Config = serde_json::from_str(r#"{"cors": {"allow_origins": ["https://app.example.com"]}}"#)?;
/// assert!(config.cors.compile(|_| ()).is_ok());
///
/// let error = serde_json::from_str::<OwnedSpec>(r#"{"allowOrigins": ["*"]}"#).unwrap_err();
/// assert!(error.to_string().starts_with("unknown option \"allowOrigins\": did you mean allow_origins?"));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de> Deserialize<'de> for OwnedSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (spec, _) = deserializer.deserialize_map(Options { is_table: false })?;
        Ok(spec)
    }
}

/// Reads a table: `path`, `cors`, and the options of a policy.
impl<'de> Deserialize<'de> for OwnedTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (spec, place) = deserializer.deserialize_map(Options { is_table: true })?;
        let path = place.path.unwrap_or_else(|| String::from("/"));
        if place.is_untouched && place.has_options {
            return Err(Error::custom("a table with cors = false has no options: remove them, or remove cors = false"));
        }
        Ok(Self { path, policy: (!place.is_untouched).then_some(spec) })
    }
}

/// Reads `policy`, a list of tables.
///
/// ```
/// let json = r#"{"policy": [{"path": "/internal", "cors": false}, {"allow_origins": ["*"]}]}"#;
/// let set: corsac::OwnedSetSpec = serde_json::from_str(json)?;
/// assert_eq!(set.compile(|_| ()).unwrap().tables().count(), 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de> Deserialize<'de> for OwnedSetSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tables;

        impl<'de> Visitor<'de> for Tables {
            type Value = OwnedSetSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`policy`, a list of tables")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<OwnedSetSpec, M::Error> {
                let mut tables = None;
                while let Some(key) = map.next_key::<String>()? {
                    if key != Field::Policy.as_str() {
                        return Err(unknown::<M::Error>(UnknownOption::of_tables(key.as_bytes())));
                    }
                    if tables.replace(map.next_value()?).is_some() {
                        return Err(Error::duplicate_field(Field::Policy.as_str()));
                    }
                }
                Ok(OwnedSetSpec { tables: tables.unwrap_or_default() })
            }
        }

        deserializer.deserialize_map(Tables)
    }
}

/// `true`, `false`, or a list.
impl<'de> Deserialize<'de> for OwnedSuffixes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Suffixes;

        impl<'de> Visitor<'de> for Suffixes {
            type Value = OwnedSuffixes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false or a list of public suffixes")
            }

            fn visit_bool<E: Error>(self, is_on: bool) -> Result<OwnedSuffixes, E> {
                Ok(is_on.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OwnedSuffixes, A::Error> {
                let mut suffixes = Vec::new();
                while let Some(suffix) = list.next_element()? {
                    suffixes.push(suffix);
                }
                Ok(OwnedSuffixes::Listed(suffixes))
            }
        }

        deserializer.deserialize_any(Suffixes)
    }
}

fn unknown<E: Error>(unknown: UnknownOption<'_>) -> E {
    match unknown.advice() {
        Some(advice) => E::custom(format_args!("{unknown}: {advice}")),
        None => E::custom(unknown),
    }
}

/// The keys of a table that are not options of its policy.
#[derive(Default)]
struct Place {
    path: Option<String>,
    is_untouched: bool,
    /// There are options too, even if their values are the defaults.
    has_options: bool,
}

/// Reads options, and the keys of a table with them.
struct Options {
    is_table: bool,
}

/// The name of an option.
struct Key {
    is_table: bool,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Field;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Field, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an option")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Field, E> {
        let (field, other) = match self.is_table {
            true => (table_option(name.as_bytes()), UnknownOption::of_table(name.as_bytes())),
            false => (policy_option(name.as_bytes()), UnknownOption::of_policy(name.as_bytes(), false)),
        };
        field.ok_or_else(|| unknown(other))
    }
}

impl<'de> Visitor<'de> for Options {
    type Value = (OwnedSpec, Place);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the options of a policy")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let (mut spec, mut place, mut seen) = (OwnedSpec::default(), Place::default(), Vec::new());
        while let Some(field) = map.next_key_seed(Key { is_table: self.is_table })? {
            if seen.contains(&field) {
                return Err(Error::duplicate_field(field.as_str()));
            }
            seen.push(field);
            place.has_options |= !matches!(field, Field::Path | Field::Cors);
            match field {
                Field::AllowOrigins => spec.allow_origins = map.next_value()?,
                Field::AllowMethods => spec.allow_methods = map.next_value()?,
                Field::AllowHeaders => spec.allow_headers = map.next_value()?,
                Field::AllowCredentials => spec.allow_credentials = map.next_value()?,
                Field::ExposeHeaders => spec.expose_headers = map.next_value()?,
                Field::MaxAge => spec.max_age = map.next_value()?,
                Field::PreflightStatus => spec.preflight_status = map.next_value()?,
                Field::DeniedPreflightStatus => spec.denied_preflight_status = map.next_value()?,
                Field::ExternalOrigins => spec.external_origins = map.next_value()?,
                Field::AllowTiming => spec.allow_timing = map.next_value()?,
                Field::AllowPrivateNetwork => spec.allow_private_network = map.next_value()?,
                Field::DangerouslyAllowNullOrigin => spec.dangerously_allow_null_origin = map.next_value()?,
                Field::DangerouslyAllowInsecureOrigins => spec.dangerously_allow_insecure_origins = map.next_value()?,
                Field::DangerouslyAllowPublicSuffixes => spec.dangerously_allow_public_suffixes = map.next_value()?,
                // A `null` is not a path, least of all `/`.
                Field::Path => place.path = Some(map.next_value()?),
                Field::Cors => place.is_untouched = !map.next_value::<bool>()?,
                // `table_option` returns no other field.
                Field::Policy => {}
            }
        }
        Ok((spec, place))
    }
}

/// Writes the options that differ from their defaults, and always `allow_origins`.
impl Serialize for OwnedSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        write_options(self, &mut map)?;
        map.end()
    }
}

impl Serialize for OwnedTable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(Field::Path.as_str(), &self.path)?;
        match &self.policy {
            Some(spec) => write_options(spec, &mut map)?,
            None => map.serialize_entry(Field::Cors.as_str(), &false)?,
        }
        map.end()
    }
}

impl Serialize for OwnedSetSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(Field::Policy.as_str(), &self.tables)?;
        map.end()
    }
}

impl Serialize for OwnedSuffixes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Refused => serializer.serialize_bool(false),
            Self::Listed(list) => list.serialize(serializer),
            Self::Allowed => serializer.serialize_bool(true),
        }
    }
}

fn write_options<M: SerializeMap>(spec: &OwnedSpec, map: &mut M) -> Result<(), M::Error> {
    let default = OwnedSpec::default();
    map.serialize_entry(Field::AllowOrigins.as_str(), &spec.allow_origins)?;
    macro_rules! changed {
        ($($field:ident $name:ident)+) => {$(
            if spec.$name != default.$name {
                map.serialize_entry(Field::$field.as_str(), &spec.$name)?;
            }
        )+};
    }
    changed! {
        AllowMethods allow_methods
        AllowHeaders allow_headers
        AllowCredentials allow_credentials
        ExposeHeaders expose_headers
        MaxAge max_age
        PreflightStatus preflight_status
        DeniedPreflightStatus denied_preflight_status
        ExternalOrigins external_origins
        AllowTiming allow_timing
        AllowPrivateNetwork allow_private_network
        DangerouslyAllowNullOrigin dangerously_allow_null_origin
        DangerouslyAllowInsecureOrigins dangerously_allow_insecure_origins
        DangerouslyAllowPublicSuffixes dangerously_allow_public_suffixes
    }
    Ok(())
}
