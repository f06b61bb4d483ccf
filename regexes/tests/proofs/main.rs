//! What is proved about expressions, from a table of real ones and from generated ones.

mod language;
mod limits;
mod properties;
mod switches;
mod table;
