//! What the service offers, and which kind of work each of it is.

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Point queries and short lists.
    Read,
    /// One small transaction.
    Write,
    /// Aggregates and documents.
    Complex,
    /// Videocalls.
    Realtime,
    /// What serves the operation of the service itself.
    Other,
}

impl Category {
    /// The categories with work to measure.
    pub const MEASURED: [Self; 3] = [Self::Read, Self::Write, Self::Complex];

    /// Its name in metrics and settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Complex => "complex",
            Self::Realtime => "realtime",
            Self::Other => "other",
        }
    }
}

/// One thing the service offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// Its kind of work.
    pub category: Category,
    /// Its name in metrics, the same as the load scripts' tag.
    pub name: &'static str,
}

/// Every endpoint by method and route.
pub const ROUTES: [(&str, &str, Endpoint); 15] = [
    ("GET", "/appointments", read("appointments-day")),
    ("GET", "/clients", read("clients-search")),
    ("GET", "/clients/{id}", read("client")),
    ("GET", "/forms/{id}/submissions", read("submissions")),
    ("POST", "/appointments", write("appointment-create")),
    ("PATCH", "/appointments/{id}", write("appointment-move")),
    ("POST", "/forms/{id}/submissions", write("submission-create")),
    ("POST", "/segments/{id}/evaluate", complex("segment-evaluate")),
    ("GET", "/appointments/{id}/document.pdf", complex("appointment-pdf")),
    ("GET", "/forms/{id}/document.pdf", complex("form-pdf")),
    ("POST", "/rooms", Endpoint { category: Category::Realtime, name: "room-create" }),
    ("GET", "/rooms/{id}/ws", Endpoint { category: Category::Realtime, name: "room-signal" }),
    ("GET", "/health", Endpoint { category: Category::Other, name: "health" }),
    ("GET", "/metrics", Endpoint { category: Category::Other, name: "metrics" }),
    ("GET", "/me", Endpoint { category: Category::Other, name: "me" }),
];

const fn read(name: &'static str) -> Endpoint {
    Endpoint { category: Category::Read, name }
}

const fn write(name: &'static str) -> Endpoint {
    Endpoint { category: Category::Write, name }
}

const fn complex(name: &'static str) -> Endpoint {
    Endpoint { category: Category::Complex, name }
}

impl Endpoint {
    /// The endpoint of a method and a route; whatever is none of [`ROUTES`] is `unknown`.
    #[must_use]
    pub fn of(method: &str, route: Option<&str>) -> Self {
        let is = |entry: &&(&str, &str, Self)| entry.0 == method && Some(entry.1) == route;
        let unknown = Self { category: Category::Other, name: "unknown" };
        ROUTES.iter().find(is).map_or(unknown, |(.., endpoint)| *endpoint)
    }
}
