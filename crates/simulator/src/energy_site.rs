//! Energy sites: panels, a household with its cars, Powerwalls and the grid.
//!
//! Time is cut into cells of five minutes, aligned to the epoch. Within a cell sun and household are constant, and the
//! batteries follow in closed form up to the moment they are full or at a reserve. Nothing else is kept of the past
//! than what the owner chose when: any moment and any history is integrated from that anew (`course`), so powers,
//! energies and charge always add up, and where an advance stops does not matter.

mod calendar;
mod connected;
mod course;
mod flow;
mod gateway;
mod history;
mod household;
mod profile;
mod render;
mod settings;
mod tariff;
#[cfg(test)]
mod tests;
mod weather;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use calendar::HistoryPeriod;
pub(crate) use connected::PAUSE_IN_SESSION;
pub use connected::{ConnectedCar, Draw};
pub use flow::Energies;
pub use gateway::{AuthorizedClient, GatewayError};
pub use history::HistoryKind;
pub use household::Household;
pub use profile::{EnergySiteProfile, Spell};
pub use settings::{ExportRule, OperationMode, SettingError, Settings};
pub use tariff::{Tariff, TariffError};

use crate::time::{DAY, MINUTE, zone};
use course::{Course, Step};
use flow::{Flow, Rules};

/// Sun and household change in steps of this length.
const CELL: i64 = 5 * MINUTE;
const CELLS_OF_A_DAY: usize = (DAY / CELL) as usize;
/// Part of the energy that survives the way into a battery, and as much on the way out.
const ONE_WAY_EFFICIENCY: f64 = 0.95;
/// Energies closer than this are equal, Wh.
const SAME_WH: f64 = 1e-6;
/// How many changes of settings are kept, and how many bytes of tariffs. What was before the oldest is forgotten.
const MOST_CHAPTERS: usize = 400;
const MOST_TARIFF_BYTES: usize = 512 * 1024;

/// A time under the same settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Chapter {
    /// When it began.
    from: i64,
    /// Energy in the batteries then, Wh.
    energy_wh: f64,
    /// What the owner had chosen.
    settings: Settings,
    /// The number of the tariff; none before the first is given.
    tariff: Option<usize>,
}

/// A home with panels, batteries, wall connectors, or some of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnergySite {
    /// What is installed and where, and what the world does to it.
    pub profile: EnergySiteProfile,
    /// The moment that this state is of.
    pub updated_at: i64,
    /// Energy in the batteries, Wh.
    pub energy_wh: f64,
    /// What was chosen when, from the installation on; the last chapter goes on.
    chapters: Vec<Chapter>,
    /// The tariffs of the chapters.
    tariffs: Vec<Tariff>,
    /// Keys that may command the gateway from its own network.
    authorized_clients: Vec<AuthorizedClient>,
    /// What the wall connectors know of the household's cars; whoever reads a site tells it.
    #[serde(skip)]
    cars: Vec<ConnectedCar>,
}

impl Default for EnergySite {
    fn default() -> Self {
        Self::new(EnergySiteProfile::default(), 0)
    }
}

impl EnergySite {
    /// A site that has lived with the settings of its installation until `now`: in self-consumption, with a reserve of
    /// 20 %.
    #[must_use]
    pub fn new(profile: EnergySiteProfile, now: i64) -> Self {
        let from = profile.installed_at.min(now);
        let energy_wh = profile.capacity_wh() * profile.seed().at("charge").between(0.4, 0.9);
        let chapters = vec![Chapter { from, energy_wh, ..Chapter::default() }];
        let mut site = Self {
            profile,
            updated_at: from,
            energy_wh,
            chapters,
            tariffs: Vec::new(),
            authorized_clients: Vec::new(),
            cars: Vec::new(),
        };
        site.advance(now);
        site
    }

    /// The same site with other settings from its beginning on, and batteries charged to a percentage; what was before
    /// this moment is forgotten.
    #[must_use]
    pub fn begun_with(mut self, settings: Settings, percent: f64) -> Self {
        self.energy_wh = self.profile.capacity_wh() * percent / 100.0;
        self.chapters =
            vec![Chapter { from: self.updated_at, energy_wh: self.energy_wh, settings, ..Chapter::default() }];
        self
    }

    /// Tells what the household's cars did up to the moment to which the site is brought next. Without that, they are taken
    /// to charge by habit.
    pub fn know_cars(&mut self, cars: Vec<ConnectedCar>) {
        self.cars = cars;
    }

    /// Brings the state to `now`; does nothing when it is there already or beyond.
    pub fn advance(&mut self, now: i64) {
        if self.updated_at < now {
            let known = (self.updated_at, self.energy_wh);
            self.energy_wh = self.energy_after(self.choices(self.chapter()), &self.zone(), known, now);
            self.updated_at = now;
        }
    }

    /// What the owner has chosen.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.chapter().settings
    }

    /// The tariff that was given last.
    #[must_use]
    pub fn tariff(&self) -> Option<&Tariff> {
        self.choices(self.chapter()).1
    }

    /// Sets the charge kept for an outage, percent. Advance to the moment of the change first, as for every setting.
    ///
    /// # Errors
    /// When it is not between 0 and 100, or there are no batteries.
    pub fn set_backup_reserve(&mut self, percent: i64) -> Result<(), SettingError> {
        self.needs(self.profile.has_batteries())?;
        if !(0..=100).contains(&percent) {
            return Err(SettingError::Reserve);
        }
        self.change(|settings| settings.backup_reserve_percent = percent);
        Ok(())
    }

    /// Sets what the batteries are for, by its name on the wire.
    ///
    /// # Errors
    /// When there is no such mode, or there are no batteries.
    pub fn set_operation(&mut self, mode: &str) -> Result<(), SettingError> {
        self.needs(self.profile.has_batteries())?;
        let mode = mode.parse()?;
        self.change(|settings| settings.mode = mode);
        Ok(())
    }

    /// Sets whether the batteries are filled when a storm is forecast.
    ///
    /// # Errors
    /// When there are no batteries.
    pub fn set_storm_mode(&mut self, enabled: bool) -> Result<(), SettingError> {
        self.needs(self.profile.has_batteries())?;
        self.change(|settings| settings.storm_mode = enabled);
        Ok(())
    }

    /// Sets whether the batteries may charge from the grid, and what may go to it; `None` leaves a choice as it is.
    ///
    /// # Errors
    /// When there is no rule of this name, or there are no batteries.
    pub fn set_grid_import_export(
        &mut self,
        charging: Option<bool>,
        export_rule: Option<&str>,
    ) -> Result<(), SettingError> {
        self.needs(self.profile.has_batteries())?;
        let export_rule: Option<ExportRule> = export_rule.map(str::parse).transpose()?;
        self.change(|settings| {
            settings.grid_charging = charging.unwrap_or(settings.grid_charging);
            settings.export_rule = export_rule.unwrap_or(settings.export_rule);
        });
        Ok(())
    }

    /// Sets the charge kept from cars during an outage, percent.
    ///
    /// # Errors
    /// When it is not between 0 and 100, or the site has not both batteries and a wall connector.
    pub fn set_vehicle_reserve(&mut self, percent: i64) -> Result<(), SettingError> {
        self.needs(self.profile.has_batteries() && self.profile.wall_connectors > 0)?;
        if !(0..=100).contains(&percent) {
            return Err(SettingError::VehicleReserve);
        }
        self.change(|settings| settings.vehicle_reserve_percent = percent);
        Ok(())
    }

    /// Sets the tariff that the mode `autonomous` follows.
    ///
    /// # Errors
    /// When there are no batteries.
    pub fn set_tariff(&mut self, tariff: Tariff) -> Result<(), SettingError> {
        self.needs(self.profile.has_batteries())?;
        if self.tariff() == Some(&tariff) {
            return Ok(());
        }
        self.tariffs.push(tariff);
        self.begin(self.settings(), Some(self.tariffs.len() - 1));
        Ok(())
    }

    fn needs(&self, there: bool) -> Result<(), SettingError> {
        if there { Ok(()) } else { Err(SettingError::Unsupported) }
    }

    fn change(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.settings();
        change(&mut settings);
        if settings != self.settings() {
            self.begin(settings, self.chapter().tariff);
        }
    }

    /// Begins a chapter at this moment. One that would have no length is overwritten.
    fn begin(&mut self, settings: Settings, tariff: Option<usize>) {
        let chapter = Chapter { from: self.updated_at, energy_wh: self.energy_wh, settings, tariff };
        match self.chapters.last_mut() {
            Some(last) if last.from == chapter.from => *last = chapter,
            _ => self.chapters.push(chapter),
        }
        while self.chapters.len() > MOST_CHAPTERS
            || (self.tariff_bytes() > MOST_TARIFF_BYTES && self.chapters.len() > 1)
        {
            self.chapters.remove(0);
            self.drop_unused_tariffs();
        }
    }

    fn tariff_bytes(&self) -> usize {
        self.tariffs.iter().map(Tariff::bytes).sum()
    }

    /// Tariffs are numbered as they come, so the unused ones are the first.
    fn drop_unused_tariffs(&mut self) {
        let used = self.chapters.iter().find_map(|chapter| chapter.tariff).unwrap_or(self.tariffs.len());
        self.tariffs.drain(..used.min(self.tariffs.len()));
        for chapter in &mut self.chapters {
            chapter.tariff = chapter.tariff.map(|number| number.saturating_sub(used));
        }
    }

    /// The chapter that goes on. There always is one.
    fn chapter(&self) -> &Chapter {
        static FIRST: Chapter = Chapter { from: 0, energy_wh: 0.0, settings: Settings::FIRST, tariff: None };
        self.chapters.last().unwrap_or(&FIRST)
    }

    fn choices(&self, chapter: &Chapter) -> (Settings, Option<&Tariff>) {
        (chapter.settings, chapter.tariff.and_then(|number| self.tariffs.get(number)))
    }

    fn zone(&self) -> TimeZone {
        zone(&self.profile.time_zone)
    }

    /// The first moment of which the site can tell anything.
    fn begun_at(&self) -> i64 {
        self.chapters.first().map_or(self.updated_at, |chapter| chapter.from)
    }

    /// Goes through what has been between two moments, as far as the site existed and this state reaches.
    fn replay(&self, from: i64, until: i64, mut seen: impl FnMut(&Step)) {
        let zone = self.zone();
        for (index, chapter) in self.chapters.iter().enumerate() {
            let end = self.chapters.get(index + 1).map_or(self.updated_at, |next| next.from);
            let (from, until) = (from.max(chapter.from), until.min(end));
            if from < until {
                let choices = self.choices(chapter);
                let energy = self.energy_after(choices, &zone, (chapter.from, chapter.energy_wh), from);
                self.walk(choices, &zone, energy, from, until, &mut seen);
            }
        }
    }

    /// What went where between two moments, as far as this state reaches.
    #[must_use]
    pub fn energies(&self, from: i64, until: i64) -> Energies {
        let mut sum = Energies::default();
        self.replay(from, until, |step| sum += step.energies());
        sum
    }

    /// Where power goes at the moment of this state.
    fn now(&self) -> (Flow, flow::Outside) {
        let zone = self.zone();
        let choices = self.choices(self.chapter());
        let mut course = Course::new(self, &zone, choices, self.updated_at, self.updated_at + CELL);
        let (outside, _) = course.piece(self.updated_at, self.updated_at + CELL);
        (Rules::of(&self.profile, &choices.0).flow(&outside, self.energy_wh), outside)
    }
}
