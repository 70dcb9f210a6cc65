//! The media player: what plays follows from where playing began.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

/// Step and highest value of the volume.
pub(super) const VOLUME_STEP: f64 = 1.0 / 3.0;
pub(super) const VOLUME_MAX: f64 = 31.0 / 3.0;
/// Going back within this of a track's beginning leads to the track before, milliseconds.
const RESTART_AFTER: i64 = 3_000;

/// A track, of an artist that does not exist.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) title: &'static str,
    pub(super) artist: &'static str,
    pub(super) album: &'static str,
    /// Length, milliseconds.
    pub(super) length: i64,
}

/// A favourite: a list that plays from the beginning again when it ends.
#[derive(Debug)]
pub(super) struct Favorite {
    pub(super) name: &'static str,
    pub(super) tracks: &'static [Track],
}

const fn track(title: &'static str, artist: &'static str, album: &'static str, seconds: i64) -> Track {
    Track { title, artist, album, length: seconds * 1000 }
}

static FAVORITES: [Favorite; 3] = [
    Favorite {
        name: "Morning Drive",
        tracks: &[
            track("Low Tide", "The Harbour Lights", "Estuary", 214),
            track("Paper Lanterns", "Ida Vossen", "Small Hours", 187),
            track("Second Gear", "The Harbour Lights", "Estuary", 241),
            track("Windmill Song", "Kestrel & Wren", "Fields", 203),
        ],
    },
    Favorite {
        name: "Long Roads",
        tracks: &[
            track("Ten Miles Out", "Marlow Finch", "Odometer", 322),
            track("Night Freight", "Marlow Finch", "Odometer", 276),
            track("Salt Flats", "Desert Almanac", "White Country", 418),
        ],
    },
    Favorite {
        name: "Quiet",
        tracks: &[
            track("Snow Light", "Anna Brekke", "Winter Piano", 355),
            track("Thaw", "Anna Brekke", "Winter Piano", 298),
        ],
    },
];

/// Whether something plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Playback {
    /// Nothing was played since the car woke up.
    #[default]
    Stopped,
    /// It plays.
    Playing,
    /// It pauses.
    Paused,
}

impl Playback {
    /// The name on the wire.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "Stopped",
            Self::Playing => "Playing",
            Self::Paused => "Paused",
        }
    }
}

/// The media player.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Media {
    /// Whether something plays.
    pub playback: Playback,
    /// The volume, 0 to 10 1/3.
    pub volume: f64,
    /// Which favourite plays, from 0.
    favorite: usize,
    /// Where in the favourite's list playing began, milliseconds.
    position: i64,
    /// When it began.
    since: i64,
}

impl Default for Media {
    fn default() -> Self {
        Self { playback: Playback::Stopped, volume: 8.0 / 3.0, favorite: 0, position: 0, since: 0 }
    }
}

impl Media {
    pub(super) fn favorite(&self) -> &'static Favorite {
        &FAVORITES[self.favorite % FAVORITES.len()]
    }

    /// Number of the track at a moment, and the time played of it, milliseconds.
    pub(super) fn current(&self, now: i64) -> (usize, i64) {
        let mut rest = self.position_at(now);
        for (number, track) in self.favorite().tracks.iter().enumerate() {
            if rest < track.length {
                return (number, rest);
            }
            rest -= track.length;
        }
        (0, 0)
    }

    fn position_at(&self, now: i64) -> i64 {
        let played = if self.playback == Playback::Playing { (now - self.since).max(0) / 1000 } else { 0 };
        (self.position + played).rem_euclid(self.favorite().tracks.iter().map(|track| track.length).sum())
    }

    /// Plays what paused or stopped, pauses what plays.
    pub(super) fn toggle(&mut self, now: i64) {
        self.position = self.position_at(now);
        self.since = now;
        self.playback = if self.playback == Playback::Playing { Playback::Paused } else { Playback::Playing };
    }

    /// Ends playing, as a car does that falls asleep.
    pub(super) fn stop(&mut self, now: i64) {
        self.position = self.position_at(now);
        self.since = now;
        self.playback = Playback::Stopped;
    }

    /// Goes to the beginning of the next track.
    pub(super) fn next_track(&mut self, now: i64) {
        self.go_to(self.current(now).0 + 1, now);
    }

    /// Goes to the beginning of the track, or to the track before.
    pub(super) fn previous_track(&mut self, now: i64) {
        let (number, elapsed) = self.current(now);
        let back = if elapsed > RESTART_AFTER { number } else { number + self.favorite().tracks.len() - 1 };
        self.go_to(back, now);
    }

    fn go_to(&mut self, number: usize, now: i64) {
        let tracks = self.favorite().tracks;
        self.position = tracks.iter().take(number % tracks.len()).map(|track| track.length).sum();
        self.since = now;
    }

    /// Goes so many favourites on.
    pub(super) fn change_favorite(&mut self, by: usize, now: i64) {
        self.favorite = (self.favorite + by) % FAVORITES.len();
        self.go_to(0, now);
    }

    /// Goes one favourite back.
    pub(super) fn previous_favorite(&mut self, now: i64) {
        self.change_favorite(FAVORITES.len() - 1, now);
    }

    pub(super) fn set_volume(&mut self, volume: f64) {
        self.volume = volume.clamp(0.0, VOLUME_MAX);
    }
}
