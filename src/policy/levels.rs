//! How much each case matters.

use std::collections::BTreeMap;

use super::{Level, SloState, Verdict};

/// A case whose level can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Case {
    /// A row is worse, for certain.
    Regressed,
    /// A row is on the baseline's side only.
    Missing,
    /// A row is present and nothing was measured.
    NoData,
    /// No gating row of a suite could be tested.
    NothingTested,
    /// A row has too little evidence for any test.
    Untested,
    /// A row is beyond its threshold, and only the correction for many rows holds it back.
    Suspect,
    /// A row was tested and nothing is certain.
    Inconclusive,
    /// A row is on the fresh side only.
    New,
    /// A row is better, for certain.
    Improved,
    /// A suite's baseline was measured on another machine only.
    OtherMachine,
    /// A target is broken.
    Slo,
    /// The interval of what was measured crosses a target.
    SloAtRisk,
    /// Nothing was measured at the load of a target.
    SloNotMeasured,
    /// A waiver's last day is over.
    ExpiredWaiver,
    /// A waiver had nothing to waive.
    UnusedWaiver,
}

impl Case {
    /// Every case, in the order of the documentation.
    pub const ALL: [Self; 15] = [
        Self::Regressed,
        Self::Missing,
        Self::NoData,
        Self::NothingTested,
        Self::Untested,
        Self::Suspect,
        Self::Inconclusive,
        Self::New,
        Self::Improved,
        Self::OtherMachine,
        Self::Slo,
        Self::SloAtRisk,
        Self::SloNotMeasured,
        Self::ExpiredWaiver,
        Self::UnusedWaiver,
    ];

    /// The key in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Missing => "missing",
            Self::NoData => "no-data",
            Self::NothingTested => "nothing-tested",
            Self::Untested => "untested",
            Self::Suspect => "suspect",
            Self::Inconclusive => "inconclusive",
            Self::New => "new",
            Self::Improved => "improved",
            Self::OtherMachine => "other-machine",
            Self::Slo => "slo",
            Self::SloAtRisk => "slo-at-risk",
            Self::SloNotMeasured => "slo-not-measured",
            Self::ExpiredWaiver => "expired-waiver",
            Self::UnusedWaiver => "unused-waiver",
        }
    }

    /// Whether the case is about a suite as a whole or a row in it; waivers stand beside suites.
    #[must_use]
    pub fn is_of_a_suite(self) -> bool {
        !matches!(self, Self::ExpiredWaiver | Self::UnusedWaiver)
    }

    /// Whether the case is about one row.
    #[must_use]
    pub fn is_of_a_row(self) -> bool {
        self.is_of_a_suite() && !matches!(self, Self::NothingTested | Self::OtherMachine)
    }
}

/// The level of every [`Case`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Levels {
    /// [`Case::Regressed`].
    pub regressed: Level,
    /// [`Case::Missing`].
    pub missing: Level,
    /// [`Case::NoData`].
    pub no_data: Level,
    /// [`Case::NothingTested`].
    pub nothing_tested: Level,
    /// [`Case::Untested`].
    pub untested: Level,
    /// [`Case::Suspect`].
    pub suspect: Level,
    /// [`Case::Inconclusive`].
    pub inconclusive: Level,
    /// [`Case::New`].
    pub new: Level,
    /// [`Case::Improved`].
    pub improved: Level,
    /// [`Case::OtherMachine`].
    pub other_machine: Level,
    /// [`Case::Slo`].
    pub slo: Level,
    /// [`Case::SloAtRisk`].
    pub slo_at_risk: Level,
    /// [`Case::SloNotMeasured`].
    pub slo_not_measured: Level,
    /// [`Case::ExpiredWaiver`].
    pub expired_waiver: Level,
    /// [`Case::UnusedWaiver`].
    pub unused_waiver: Level,
}

impl Default for Levels {
    fn default() -> Self {
        Self {
            regressed: Level::Deny,
            missing: Level::Deny,
            no_data: Level::Deny,
            nothing_tested: Level::Deny,
            untested: Level::Warn,
            suspect: Level::Warn,
            inconclusive: Level::Warn,
            new: Level::Allow,
            improved: Level::Allow,
            other_machine: Level::Deny,
            slo: Level::Deny,
            slo_at_risk: Level::Warn,
            slo_not_measured: Level::Deny,
            expired_waiver: Level::Warn,
            unused_waiver: Level::Warn,
        }
    }
}

impl Levels {
    /// The level of a row's verdict. `suspect` counts for inconclusive rows only.
    #[must_use]
    pub fn of(&self, verdict: Verdict, suspect: bool) -> Level {
        match verdict {
            Verdict::Regressed => self.regressed,
            Verdict::Missing => self.missing,
            Verdict::NoData => self.no_data,
            Verdict::Untested => self.untested,
            Verdict::Inconclusive if suspect => self.suspect,
            Verdict::Inconclusive => self.inconclusive,
            Verdict::New => self.new,
            Verdict::Improved => self.improved,
            Verdict::Waived | Verdict::Steady => Level::Allow,
        }
    }

    /// The level of a target's state.
    #[must_use]
    pub fn of_slo(&self, state: SloState) -> Level {
        match state {
            SloState::Broken => self.slo,
            SloState::AtRisk => self.slo_at_risk,
            SloState::NotMeasured => self.slo_not_measured,
            SloState::Met => Level::Allow,
        }
    }

    /// These levels with `changes` made to them.
    ///
    /// A suspect row is an inconclusive one with more against it, so a change that raises
    /// `inconclusive` and does not speak of `suspect` raises both.
    #[must_use]
    pub fn with(mut self, changes: &BTreeMap<Case, Level>) -> Self {
        for (&case, &level) in changes {
            *self.slot(case) = level;
        }
        if let (Some(&level), None) =
            (changes.get(&Case::Inconclusive), changes.get(&Case::Suspect))
        {
            self.suspect = self.suspect.max(level);
        }
        self
    }

    fn slot(&mut self, case: Case) -> &mut Level {
        match case {
            Case::Regressed => &mut self.regressed,
            Case::Missing => &mut self.missing,
            Case::NoData => &mut self.no_data,
            Case::NothingTested => &mut self.nothing_tested,
            Case::Untested => &mut self.untested,
            Case::Suspect => &mut self.suspect,
            Case::Inconclusive => &mut self.inconclusive,
            Case::New => &mut self.new,
            Case::Improved => &mut self.improved,
            Case::OtherMachine => &mut self.other_machine,
            Case::Slo => &mut self.slo,
            Case::SloAtRisk => &mut self.slo_at_risk,
            Case::SloNotMeasured => &mut self.slo_not_measured,
            Case::ExpiredWaiver => &mut self.expired_waiver,
            Case::UnusedWaiver => &mut self.unused_waiver,
        }
    }
}
