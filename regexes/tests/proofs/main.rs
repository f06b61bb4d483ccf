//! Tests what is proved about expressions: a table of real ones, and generated ones.

mod language;
mod limits;
mod properties;
mod switches;
mod table;
