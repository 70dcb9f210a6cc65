//! What is playing.

use super::command;
use crate::operations::{Kind, body, operations};

operations! {
    /// Commands to the media player.
    MediaCommandOperation {
        AdjustVolume => command!(
            "adjust_volume",
            "Sets the volume, while somebody is in the vehicle.",
            body: [body("volume", Kind::Number, "0.0 to 11.0.", "4.5")],
        ),
        MediaNextFav => command!("media_next_fav", "Goes to the next favourite."),
        MediaNextTrack => command!("media_next_track", "Goes to the next track."),
        MediaPrevFav => command!("media_prev_fav", "Goes to the favourite before."),
        MediaPrevTrack => command!("media_prev_track", "Goes to the track before."),
        MediaTogglePlayback => command!("media_toggle_playback", "Plays, or pauses."),
        MediaVolumeDown => command!("media_volume_down", "Lowers the volume by one step."),
        MediaVolumeUp => command!("media_volume_up", "Raises the volume by one step."),
    }
}
