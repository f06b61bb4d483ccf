//! Benchmarks only: see `benches/decide.rs` and `README.md`.
