//! Where a car is, and whether somebody is in it.

use super::Vehicle;
use super::journey::{Journey, Stage};
use crate::sky::Coordinates;

impl Vehicle {
    /// Lets somebody get in, who keeps the car awake, or get out.
    pub fn set_occupied(&mut self, occupied: bool, now: i64) {
        self.advance(now);
        self.use_now();
        self.occupied = occupied;
        self.settle();
    }

    /// Whether the car moves, or stands in traffic.
    #[must_use]
    pub const fn is_driving(&self) -> bool {
        matches!(self.journey, Some(Journey { stage: Stage::Driving(_), .. }))
    }

    /// Whether somebody sits in it.
    #[must_use]
    pub const fn is_occupied(&self) -> bool {
        self.occupied || self.journey.is_some()
    }

    /// Where the car stands, or began to drive.
    #[must_use]
    pub fn stand(&self) -> Coordinates {
        self.position.unwrap_or(self.profile.home)
    }

    /// Where the car is at `now`: on the road, or where it stands.
    #[must_use]
    pub fn whereabouts(&self, now: i64) -> Coordinates {
        self.on_the_road(now).map_or_else(|| self.stand(), |road| road.place)
    }

    /// Whether it stands at home.
    pub(super) fn is_at_home(&self) -> bool {
        self.stand().is_beside(self.profile.home)
    }
}
