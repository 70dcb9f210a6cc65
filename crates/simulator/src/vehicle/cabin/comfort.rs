//! Seats and steering wheel: heated, ventilated, by hand or by themselves.

use serde::{Deserialize, Serialize};

/// Power of a seat heater at each level, and of a steering wheel's, kW.
const SEAT_KW: f64 = 0.025;
const WHEEL_KW: f64 = 0.03;
const SEAT_FAN_KW: f64 = 0.01;
/// Below these temperatures (degrees Celsius) a seat that heats by itself is on its first, second and third level.
const CHILLY: [f64; 3] = [18.0, 14.0, 9.0];

/// A heated seat, numbered as in the Fleet API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// 0.
    FrontLeft,
    /// 1.
    FrontRight,
    /// 2.
    RearLeft,
    /// 3: its backrest.
    RearLeftBack,
    /// 4.
    RearCenter,
    /// 5.
    RearRight,
    /// 6: its backrest.
    RearRightBack,
    /// 7.
    ThirdRowLeft,
    /// 8.
    ThirdRowRight,
}

impl Seat {
    /// All, by number.
    pub const ALL: [Self; 9] = [
        Self::FrontLeft,
        Self::FrontRight,
        Self::RearLeft,
        Self::RearLeftBack,
        Self::RearCenter,
        Self::RearRight,
        Self::RearRightBack,
        Self::ThirdRowLeft,
        Self::ThirdRowRight,
    ];
}

/// What is set for seats and steering wheel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Comfort {
    /// Levels of the seat heaters, 0 to 3, by the number of the seat.
    pub heaters: [i64; 9],
    /// Levels of the fans in the front seats, 0 to 3, left and right.
    pub fans: [i64; 2],
    /// Whether the front seats heat by themselves, left and right.
    pub auto_seats: [bool; 2],
    /// Level of the steering wheel's heater: 0, 1 or 3.
    pub wheel: i64,
    /// Whether the steering wheel heats by itself.
    pub auto_wheel: bool,
}

impl Default for Comfort {
    fn default() -> Self {
        Self { heaters: [0; 9], fans: [0; 2], auto_seats: [true; 2], wheel: 0, auto_wheel: false }
    }
}

impl Comfort {
    /// Level of a seat's heater in a cabin of this temperature, whose climate system runs or does not.
    pub(crate) fn heater(&self, seat: Seat, on: bool, inside: f64) -> i64 {
        let automatic = self.auto_seats.get(seat as usize).copied().unwrap_or(false);
        if automatic && on { by_itself(inside) } else { self.heaters[seat as usize] }
    }

    /// Level of the steering wheel's heater, likewise.
    pub(crate) fn wheel(&self, on: bool, inside: f64) -> i64 {
        match by_itself(inside) {
            _ if !(self.auto_wheel && on) => self.wheel,
            0 => 0,
            1 => 1,
            _ => 3,
        }
    }

    /// Switches off what somebody switched on. What works by itself goes on doing so when the climate system runs again.
    pub(super) fn switch_off(&mut self) {
        (self.heaters, self.fans, self.wheel) = ([0; 9], [0; 2], 0);
    }

    /// Power of what somebody switched on, kW.
    pub(super) fn kilowatts(&self) -> f64 {
        let sum = |levels: &[i64]| levels.iter().sum::<i64>() as f64;
        SEAT_KW * sum(&self.heaters) + SEAT_FAN_KW * sum(&self.fans) + WHEEL_KW * self.wheel as f64
    }
}

fn by_itself(inside: f64) -> i64 {
    CHILLY.iter().filter(|below| inside < **below).count() as i64
}
