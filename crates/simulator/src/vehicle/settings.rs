//! What is set on a car's screen.

use serde::{Deserialize, Serialize};

use super::Vehicle;
use super::media::Media;
use super::navigation::Navigation;

/// How many notes are kept.
const NOTES_KEPT: usize = 20;
/// What is kept of a note, characters.
const NOTE_LENGTH: usize = 80;

/// Name, modes, notes and calendar.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The name that was given to the car since it was sold.
    pub name: Option<String>,
    /// Whether its sockets stay powered, which keeps it awake.
    pub accessory_power: bool,
    /// Whether it saves power.
    pub low_power: bool,
    /// Notes about drives, the oldest first.
    pub notes: Vec<String>,
    /// Entries of the calendar, as the phone sent them.
    pub calendar: Option<String>,
    /// Whether its garage doors were forgotten.
    pub homelink_erased: bool,
}

impl Settings {
    /// Keeps a note.
    pub(super) fn note(&mut self, note: &str) {
        self.notes.push(note.chars().take(NOTE_LENGTH).collect());
        if self.notes.len() > NOTES_KEPT {
            self.notes.remove(0);
        }
    }
}

impl Vehicle {
    /// The car's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.settings.name.as_deref().unwrap_or(&self.profile.display_name)
    }

    /// How many garage doors the car knows; none without a transmitter.
    pub(super) fn homelink_devices(&self) -> Option<i64> {
        self.profile.options.homelink.then_some(if self.settings.homelink_erased { 0 } else { 1 })
    }

    /// A car that saves power neither keeps watch nor powers its sockets.
    pub(super) fn set_low_power(&mut self, on: bool) {
        self.settings.low_power = on;
        if on {
            self.sentry = false;
            self.settings.accessory_power = false;
        }
    }

    /// Forgets what the owner has left in the car's screen.
    pub(super) fn erase_user_data(&mut self) {
        let Settings { accessory_power, low_power, .. } = self.settings;
        self.settings = Settings { accessory_power, low_power, homelink_erased: true, ..Settings::default() };
        self.media = Media::default();
        self.navigation = Navigation::default();
    }
}
