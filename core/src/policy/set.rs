//! A compiled policy set: several policies in one image, chosen by path and by origin.

use core::fmt;

use crate::engine::decision::Decision;
use crate::engine::evaluate::decide;
use crate::engine::evaluate_set::{TableCheck, decide_ambiguous, decide_among};
use crate::engine::request::{Parts, Request};
use crate::engine::request_path::{Place, RequestPath};
use crate::image::layout::Image;
use crate::image::set_layout::{Entry, SetImage};
use crate::policy::handle::Policy;
use crate::policy::open::{OpenError, check};
use crate::policy::open_set::check_set;

/// A compiled policy set, in any bytes, like [`Policy`]. The image of a single policy is a set of
/// one that applies to every path.
///
/// You get one from [`PolicySetSpec::compile`](crate::PolicySetSpec::compile) or
/// [`PolicySet::open`]. It never changes.
///
/// ```
/// use corsac::{PolicySet, PolicySetSpec, PolicySpec, PolicyTable, Request, RequestPath};
///
/// let tables = [
///     PolicyTable::new("/api", PolicySpec::new(&["https://app.example.com"])),
///     PolicyTable::untouched("/api/raw"),
/// ];
/// let set = PolicySetSpec::new(&tables).compile([0; 1024], |finding| eprintln!("{finding}"))?;
/// assert!(set.is_set());
///
/// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
/// let decision = set.evaluate(&RequestPath::decoded("/api/cards"), &request);
/// assert!(decision.is_some_and(|decision| decision.is_allowed()));
/// // No policy applies to these paths, so there is no decision.
/// assert!(set.evaluate(&RequestPath::decoded("/api/raw/1"), &request).is_none());
/// assert!(set.at(&RequestPath::decoded("/")).is_none());
///
/// // A function that takes a set in any storage:
/// fn count_tables(set: PolicySet<&[u8]>) -> usize {
///     set.tables().count()
/// }
/// assert_eq!(count_tables(set.as_view()), 2);
/// let storage: [u8; 1024] = set.into_inner();
/// # let _ = storage;
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Copy)]
pub struct PolicySet<B> {
    image: B,
}

impl PolicySet<&'static [u8]> {
    /// Only for `corsac_macros::policy_set!`, which passes unchanged bytes of a compiled set. Other
    /// bytes give wrong decisions, but do no harm.
    #[doc(hidden)]
    #[must_use]
    pub const fn from_compiled(image: &'static [u8]) -> Self {
        Self { image }
    }
}

impl<B> PolicySet<B> {
    pub(crate) const fn compiled(image: B) -> Self {
        Self { image }
    }

    /// Returns the storage that holds the image.
    pub fn into_inner(self) -> B {
        self.image
    }
}

/// A single policy is a set of one that applies to every path.
///
/// ```
/// use corsac::{PolicySet, PolicySpec};
/// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
/// let set = PolicySet::from(policy);
/// assert_eq!((set.tables().count(), set.image()), (1, policy.image()));
/// # Ok::<(), corsac::CompileError>(())
/// ```
impl<B> From<Policy<B>> for PolicySet<B> {
    fn from(policy: Policy<B>) -> Self {
        Self::compiled(policy.into_inner())
    }
}

impl<B: AsRef<[u8]>> PolicySet<B> {
    /// Opens the image of a set or of a single policy. The whole image is checked once: what
    /// compiling would refuse is refused here.
    ///
    /// Pass exactly the bytes of [`PolicySet::image`] or [`Policy::image`]. Opening costs about as
    /// much as compiling.
    ///
    /// # Errors
    /// [`OpenError`]. Hostile bytes give an error, never a panic.
    ///
    /// ```
    /// use corsac::{PolicySet, PolicySetSpec, PolicySpec, PolicyTable};
    /// let tables = [PolicyTable::new("/api", PolicySpec::new(&["https://app.example.com"])), PolicyTable::untouched("/api/raw")];
    /// let set = PolicySetSpec::new(&tables).compile([0; 1024], |_| ())?;
    /// let file = set.image().to_vec();
    /// assert_eq!(PolicySet::open(file.as_slice()).unwrap().tables().count(), 2);
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    pub fn open(image: B) -> Result<Self, OpenError> {
        match SetImage::new(image.as_ref()) {
            Some(set) => check_set(set, image.as_ref())?,
            None => check(image.as_ref())?,
        }
        Ok(Self::compiled(image))
    }

    /// The image without the unused rest of the storage. Write these bytes to a file or to flash.
    #[must_use]
    pub fn image(&self) -> &[u8] {
        let bytes = self.image.as_ref();
        let length = match self.set() {
            Some(set) => set.head().length(),
            None => Image::or_closed(bytes).length(),
        };
        bytes.get(..length as usize).unwrap_or(bytes)
    }

    /// The same set, borrowed.
    #[must_use]
    pub fn as_view(&self) -> PolicySet<&[u8]> {
        PolicySet { image: self.image() }
    }

    /// The bytes as a set. `None`: they are a single policy.
    #[inline]
    fn set(&self) -> Option<SetImage<'_>> {
        SetImage::new(self.image.as_ref())
    }

    /// Whether this is a set with paths. `false`: it is a single policy, for every path.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.set().is_some()
    }

    /// The policies of a path. `None`: no policy applies to it, so there is no decision and you
    /// write no header.
    ///
    /// If the path is ambiguous (see [`RequestPath`]) and the set has more than one path, every
    /// request is denied.
    #[inline]
    #[must_use]
    pub fn at<'d>(&'d self, path: &RequestPath<'d>) -> Option<PathPolicies<'d>> {
        match self.set() {
            Some(set) => PathPolicies::of(set, path),
            None => Some(PathPolicies::of_one(self.image.as_ref())),
        }
    }

    /// Decides about a request of this path. `None`: no policy applies to the path. An origin that
    /// no pattern matches is denied.
    #[inline]
    #[must_use]
    pub fn evaluate<'d, const LINES: usize>(
        &'d self,
        path: &RequestPath<'d>,
        request: &'d Request<'_, LINES>,
    ) -> Option<Decision<'d>> {
        self.at(path).map(|policies| policies.evaluate(request))
    }

    /// Like [`evaluate`](Self::evaluate), but your `origin_check` decides about an origin that no
    /// pattern of a policy with `external_origins` matches. It gets the number of that policy's
    /// table and the origin, and is called at most once.
    ///
    /// ```
    /// use corsac::{PolicySetSpec, PolicySpec, PolicyTable, Request, RequestPath};
    /// let shop = PolicySpec { external_origins: true, ..PolicySpec::<&str>::new(&[]) };
    /// let tables = [PolicyTable::untouched("/internal"), PolicyTable::new("/shop", shop)];
    /// let set = PolicySetSpec::new(&tables).compile([0; 1024], |_| ())?;
    /// let request = Request::from_lines("GET", [("Origin", "https://tenant-1.example")]);
    /// let decision = set.evaluate_with(&RequestPath::decoded("/shop/1"), &request, |table, origin| {
    ///     table == 1 && origin == b"https://tenant-1.example"
    /// });
    /// assert!(decision.is_some_and(|decision| decision.is_allowed()));
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn evaluate_with<'d, const LINES: usize>(
        &'d self,
        path: &RequestPath<'d>,
        request: &'d Request<'_, LINES>,
        origin_check: impl FnMut(usize, &[u8]) -> bool,
    ) -> Option<Decision<'d>> {
        self.at(path).map(|policies| policies.evaluate_with(request, origin_check))
    }

    /// The tables in the order of the file: each path, and its policy. The policy is `None` if the
    /// table has `cors = false`. A single policy has the path `/`.
    pub fn tables(&self) -> impl Iterator<Item = (&[u8], Option<Policy<&[u8]>>)> {
        let set = self.set();
        let of_set = (0..set.map_or(0, SetImage::tables)).filter_map(move |table| {
            let set = set?;
            let path = set.path(set.entry(set.table(table)?.entry() as usize)?)?;
            Some((path, set.policy(table).map(Policy::compiled)))
        });
        let single = set.is_none().then(|| (&b"/"[..], Some(Policy::compiled(self.image()))));
        single.into_iter().chain(of_set)
    }
}

/// Paths and policies, which a person needs in a log, and never the image.
impl<B: AsRef<[u8]>> fmt::Debug for PolicySet<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not a map, because `debug_map` can panic.
        f.debug_list().entries(self.tables().map(|(path, policy)| (crate::Escaped(path), policy))).finish()
    }
}

/// The policies of one path of a set, or the denial of an ambiguous path.
///
/// ```
/// use corsac::{PolicySetSpec, PolicySpec, PolicyTable, Request, RequestPath};
///
/// let any = PolicySpec { external_origins: true, ..PolicySpec::<&str>::new(&[]) };
/// let tables = [
///     PolicyTable::new("/api", PolicySpec::new(&["https://app.example.com"])),
///     PolicyTable::new("/api", any),
///     PolicyTable::untouched("/api/raw"),
/// ];
/// let set = PolicySetSpec::new(&tables).compile([0; 2048], |finding| eprintln!("{finding}"))?;
/// let path = RequestPath::decoded("/api/cards");
/// let policies = set.at(&path).expect("the path has policies");
/// let numbers: Vec<usize> = policies.policies().map(|(table, _)| table).collect();
/// assert_eq!(numbers, [0, 1]);
///
/// let listed = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
/// assert!(policies.evaluate(&listed).is_allowed());
/// let tenant = Request::from_lines("GET", [("Origin", "https://tenant-1.example")]);
/// assert!(!policies.evaluate(&tenant).is_allowed());
/// let decision = policies.evaluate_with(&tenant, |table, origin| table == 1 && origin.starts_with(b"https://tenant-"));
/// assert!(decision.is_allowed());
///
/// // The number of the policies is a key for your cache. An ambiguous path has none of its own.
/// let [same, ambiguous] = ["/api", "/api/../raw"].map(RequestPath::decoded);
/// assert_eq!(set.at(&same).map(|other| other.id()), Some(policies.id()));
/// assert!(set.at(&ambiguous).is_some_and(|other| other.is_ambiguous() && other.id() == u32::MAX));
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Copy)]
pub struct PathPolicies<'d> {
    place: Governed<'d>,
    id: u32,
}

/// What decides about a request of the path.
#[derive(Clone, Copy)]
enum Governed<'d> {
    /// One policy: its image, and the number of its table.
    One { image: &'d [u8], table: usize },
    /// Several policies, which are asked in their order.
    Several { set: SetImage<'d>, entry: Entry<'d> },
    /// Nothing, because two programs could read the path differently.
    Ambiguous { set: SetImage<'d>, path: &'d [u8] },
}

/// A single policy, for every path. Use it in code that takes either.
///
/// ```
/// use corsac::{PathPolicies, PolicySpec, Request};
/// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
/// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
/// assert!(PathPolicies::from(&policy).evaluate(&request).is_allowed());
/// # Ok::<(), corsac::CompileError>(())
/// ```
impl<'d, B: AsRef<[u8]>> From<&'d Policy<B>> for PathPolicies<'d> {
    #[inline]
    fn from(policy: &'d Policy<B>) -> Self {
        Self::of_one(policy.image())
    }
}

impl<'d> PathPolicies<'d> {
    /// A single policy, for every path.
    #[inline]
    const fn of_one(image: &'d [u8]) -> Self {
        Self { place: Governed::One { image, table: 0 }, id: 0 }
    }

    /// The policies of a path in a set.
    fn of(set: SetImage<'d>, path: &RequestPath<'d>) -> Option<Self> {
        let (number, entry) = match path.find(set) {
            Place::Entry(number, entry) => (number, entry),
            Place::Nowhere => return None,
            Place::Ambiguous(path) => return Some(Self { place: Governed::Ambiguous { set, path }, id: u32::MAX }),
        };
        let place = match entry.policies() {
            0 => return None,
            1 => Governed::One { image: set.policy(entry.table(0))?, table: entry.table(0) },
            _ => Governed::Several { set, entry },
        };
        Some(Self { place, id: number as u32 })
    }

    /// A number that identifies these policies in their set: every path with the same policies has
    /// the same one. If you cache decisions, make it part of the key. Ambiguous paths have
    /// `u32::MAX`: don't cache their decisions, because they hold the path.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// Whether the path is ambiguous, so that every request is denied.
    #[must_use]
    pub const fn is_ambiguous(&self) -> bool {
        matches!(self.place, Governed::Ambiguous { .. })
    }

    /// The policies in the order in which they are asked, each with the number of its table. Empty
    /// for an ambiguous path.
    pub fn policies(&self) -> impl Iterator<Item = (usize, Policy<&'d [u8]>)> + use<'d> {
        let Self { place, .. } = *self;
        let count = match place {
            Governed::One { .. } => 1,
            Governed::Several { entry, .. } => usize::from(entry.policies()),
            Governed::Ambiguous { .. } => 0,
        };
        (0..count).filter_map(move |policy| match place {
            Governed::One { image, table } => Some((table, Policy::compiled(image))),
            Governed::Several { set, entry } => {
                let table = entry.table(policy);
                Some((table, Policy::compiled(set.policy(table)?)))
            }
            Governed::Ambiguous { .. } => None,
        })
    }

    /// Decides about a request. An origin that no pattern matches is denied.
    #[inline]
    #[must_use]
    pub fn evaluate<const LINES: usize>(&self, request: &'d Request<'_, LINES>) -> Decision<'d> {
        self.evaluate_with(request, |_, _| false)
    }

    /// Like [`evaluate`](Self::evaluate), but with your check of origins, as in
    /// [`PolicySet::evaluate_with`].
    #[inline]
    #[must_use]
    pub fn evaluate_with<const LINES: usize>(
        &self,
        request: &'d Request<'_, LINES>,
        mut origin_check: impl FnMut(usize, &[u8]) -> bool,
    ) -> Decision<'d> {
        self.decide(&request.parts(), &mut origin_check)
    }

    #[inline]
    fn decide(&self, request: &Parts<'d>, origin_check: TableCheck<'_>) -> Decision<'d> {
        match self.place {
            Governed::One { image, table } => {
                decide(Image::or_closed(image), request, &mut |origin| origin_check(table, origin))
            }
            Governed::Several { set, entry } => decide_among(set, entry, request, origin_check),
            Governed::Ambiguous { set, path } => decide_ambiguous(set, path, request),
        }
    }
}

impl fmt::Debug for PathPolicies<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PathPolicies").field("id", &self.id).finish_non_exhaustive()
    }
}
