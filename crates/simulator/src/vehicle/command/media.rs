//! What is playing.

use fleetgate_protocol::operations::MediaCommandOperation as Operation;

use super::{CommandOutcome, ParameterError, Parameters, done, refused};
use crate::vehicle::Vehicle;
use crate::vehicle::media::VOLUME_STEP;

/// A command to the media player.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MediaCommand {
    /// `adjust_volume`.
    AdjustVolume {
        /// The volume; the car keeps it below its own maximum.
        volume: f64,
    },
    /// `media_next_fav`.
    NextFav,
    /// `media_next_track`.
    NextTrack,
    /// `media_prev_fav`.
    PrevFav,
    /// `media_prev_track`.
    PrevTrack,
    /// `media_toggle_playback`.
    TogglePlayback,
    /// `media_volume_down`.
    VolumeDown,
    /// `media_volume_up`.
    VolumeUp,
}

impl MediaCommand {
    pub(super) fn parse(operation: Operation, parameters: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::AdjustVolume => Self::AdjustVolume { volume: parameters.number_in("volume", 0.0..=11.0)? },
            Operation::MediaNextFav => Self::NextFav,
            Operation::MediaNextTrack => Self::NextTrack,
            Operation::MediaPrevFav => Self::PrevFav,
            Operation::MediaPrevTrack => Self::PrevTrack,
            Operation::MediaTogglePlayback => Self::TogglePlayback,
            Operation::MediaVolumeDown => Self::VolumeDown,
            Operation::MediaVolumeUp => Self::VolumeUp,
        })
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        let (now, occupied) = (car.updated_at, car.is_occupied());
        let media = &mut car.media;
        match self {
            Self::AdjustVolume { .. } if !occupied => return refused("user_not_present"),
            Self::AdjustVolume { volume } => media.set_volume(volume),
            Self::NextFav => media.change_favorite(1, now),
            Self::NextTrack => media.next_track(now),
            Self::PrevFav => media.previous_favorite(now),
            Self::PrevTrack => media.previous_track(now),
            Self::TogglePlayback => media.toggle(now),
            Self::VolumeDown => media.set_volume(media.volume - VOLUME_STEP),
            Self::VolumeUp => media.set_volume(media.volume + VOLUME_STEP),
        }
        done()
    }
}
