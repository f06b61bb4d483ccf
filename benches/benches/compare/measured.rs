//! What a run measures: policies of several sizes, and the numbers of the table.

use corsac_benches::Case;

use crate::name::Name;
use crate::round::Samples;
use crate::system::{System, World};

/// One number of the table.
pub(crate) struct Cell {
    pub(crate) case: Case,
    pub(crate) count: usize,
    pub(crate) name: Name,
    pub(crate) samples: Samples,
}

/// How long it took to build the policies of one size.
pub(crate) struct Build {
    pub(crate) count: usize,
    /// Median nanoseconds.
    pub(crate) times: Vec<(Name, f64)>,
    pub(crate) strings: usize,
    pub(crate) image: usize,
}

/// All systems, built for this many origins.
pub(crate) struct Size {
    pub(crate) world: World,
    pub(crate) systems: Vec<(Name, Box<dyn System>)>,
}

impl Size {
    pub(crate) fn new(count: usize) -> Self {
        let world = World::new(count);
        let systems = Name::ALL.map(|name| (name, name.build(&world.origins))).into();
        Self { world, systems }
    }

    pub(crate) fn system(&self, name: Name) -> &dyn System {
        let (_, system) = self.systems.iter().find(|(built, _)| *built == name).expect("all systems are built");
        system.as_ref()
    }
}
