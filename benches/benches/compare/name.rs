//! The systems by name, in the order of the columns of the table.

use crate::system::System;
use crate::{actix, by_hand, engine, tower_http};

/// The columns of the table, in their order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Name {
    Corsac,
    ByHand,
    LookUp,
    HttpFloor,
    CorsacLayer,
    TowerHttp,
    ActixFloor,
    ActixCors,
}

impl Name {
    pub(crate) const ALL: [Self; 8] = [
        Self::Corsac,
        Self::ByHand,
        Self::LookUp,
        Self::HttpFloor,
        Self::CorsacLayer,
        Self::TowerHttp,
        Self::ActixFloor,
        Self::ActixCors,
    ];

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Corsac => "corsac",
            Self::ByHand => "by hand",
            Self::LookUp => "HashSet::contains",
            Self::HttpFloor => "http service",
            Self::CorsacLayer => "+ corsac layer",
            Self::TowerHttp => "+ tower-http CorsLayer",
            Self::ActixFloor => "actix service",
            Self::ActixCors => "+ actix-cors",
        }
    }

    /// Whether it has a policy that must be built.
    pub(crate) fn has_policy(self) -> bool {
        !matches!(self, Self::LookUp | Self::HttpFloor | Self::CorsacLayer | Self::ActixFloor)
    }

    /// Builds its policy for these origins.
    pub(crate) fn build(self, origins: &[String]) -> Box<dyn System> {
        match self {
            Self::Corsac => Box::new(engine::Engine::new(origins)),
            Self::ByHand => Box::new(by_hand::ByHand::new(origins)),
            Self::LookUp => Box::new(by_hand::LookUp::new(origins)),
            Self::HttpFloor => Box::new(tower_http::Floor),
            Self::CorsacLayer => Box::new(tower_http::CorsacLayer::new(origins)),
            Self::TowerHttp => Box::new(tower_http::TowerHttp::new(origins)),
            Self::ActixFloor => Box::new(actix::Floor),
            Self::ActixCors => Box::new(actix::ActixCors::new(origins)),
        }
    }
}
