//! What is measured: a system builds its policy once, makes a case ready, and is then timed call by
//! call.

use std::time::Duration;

use corsac_benches::{Ask, Case, origins};

use crate::stream::Stream;
use crate::watch::Watch;
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

    /// Does a policy have to be built before it answers?
    pub(crate) fn has_policy(self) -> bool {
        !matches!(self, Self::LookUp | Self::HttpFloor | Self::CorsacLayer | Self::ActixFloor)
    }

    /// Its policy of these origins.
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

/// A built policy.
pub(crate) trait System {
    /// This case, ready to be timed; `None`: the system has no way to say it.
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>>;
}

/// A case of a system. Its answer is asserted at every call.
pub(crate) trait Ready {
    /// The time that so many calls take.
    fn time(&mut self, calls: u32) -> Duration;
}

/// As many origins as the policies list, and requests that name them.
pub(crate) struct World {
    pub(crate) origins: Vec<String>,
    stream: Stream,
}

impl World {
    pub(crate) fn new(count: usize) -> Self {
        let origins = origins(count);
        let stream = Stream::new(&origins);
        Self { origins, stream }
    }

    pub(crate) fn ask(&self, case: Case) -> Ask {
        case.ask(&self.origins)
    }

    /// The random origins of a case that wants them.
    pub(crate) fn stream(&self, ask: &Ask) -> Option<Stream> {
        ask.is_random.then(|| self.stream.clone())
    }
}

/// Requests that are used up when they are answered: made outside the clock, a few at a time,
/// answered inside it.
pub(crate) fn time_used_up<R>(calls: u32, mut make: impl FnMut() -> R, mut answer: impl FnMut(R)) -> Duration {
    const AT_ONCE: u32 = 256;
    let mut left = calls;
    let mut time = Duration::ZERO;
    let mut requests = Vec::with_capacity(AT_ONCE as usize);
    while left != 0 {
        let batch = left.min(AT_ONCE);
        requests.extend((0..batch).map(|_| make()));
        let start = Watch::start();
        for request in requests.drain(..) {
            answer(request);
        }
        time += start.elapsed();
        left -= batch;
    }
    time
}
