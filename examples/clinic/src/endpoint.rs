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

impl Endpoint {
    /// The endpoint of a method and a route; whatever is no route is `unknown`.
    #[must_use]
    pub fn of(method: &str, route: Option<&str>) -> Self {
        let (category, name) = match (method, route.unwrap_or_default()) {
            ("GET" | "HEAD", "/appointments") => (Category::Read, "appointments-day"),
            ("GET" | "HEAD", "/clients") => (Category::Read, "clients-search"),
            ("GET" | "HEAD", "/clients/{id}") => (Category::Read, "client"),
            ("GET" | "HEAD", "/forms/{id}/submissions") => (Category::Read, "submissions"),
            ("POST", "/appointments") => (Category::Write, "appointment-create"),
            ("PATCH", "/appointments/{id}") => (Category::Write, "appointment-move"),
            ("POST", "/forms/{id}/submissions") => (Category::Write, "submission-create"),
            ("POST", "/segments/{id}/evaluate") => (Category::Complex, "segment-evaluate"),
            ("GET" | "HEAD", "/appointments/{id}/document.pdf") => {
                (Category::Complex, "appointment-pdf")
            }
            ("GET" | "HEAD", "/forms/{id}/document.pdf") => (Category::Complex, "form-pdf"),
            ("POST", "/rooms") => (Category::Realtime, "room-create"),
            ("GET", "/rooms/{id}/ws") => (Category::Realtime, "room-signal"),
            (_, "/health") => (Category::Other, "health"),
            (_, "/metrics") => (Category::Other, "metrics"),
            (_, "/me") => (Category::Other, "me"),
            _ => (Category::Other, "unknown"),
        };
        Self { category, name }
    }
}
