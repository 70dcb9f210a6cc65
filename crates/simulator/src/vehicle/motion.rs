//! How a car moves along a road: from stop to stop, speeding up, cruising, slowing down. All of it in closed form.

#[cfg(test)]
mod tests;

const METRES_PER_MILE: f64 = 1609.344;
const METRES_PER_SECOND: f64 = 0.44704;
const JOULES_PER_KWH: f64 = 3.6e6;
/// How fast drivers change speed, m/s².
const ACCELERATION: f64 = 1.5;
/// The part of the energy of motion that braking brings back.
const RECOVERED: f64 = 0.7;

/// What a mile costs a car on a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Consumption {
    /// Rated energy, kWh per mile.
    pub(crate) rated_kwh: f64,
    /// Mass, kg.
    pub(crate) mass_kg: f64,
    /// Outside temperature, degrees Celsius: cold air is dense, and cold tyres are stiff.
    pub(crate) outside: f64,
}

impl Consumption {
    /// Energy for a metre at a steady speed (m/s), kWh.
    fn per_metre(&self, speed: f64) -> f64 {
        let mph = speed / METRES_PER_SECOND;
        let cold = 1.0 + 0.006 * (20.0 - self.outside).clamp(0.0, 50.0);
        self.rated_kwh * (0.6 + 0.4 * (mph / 60.0).powi(2)) * cold / METRES_PER_MILE
    }

    /// Energy of motion at a speed (m/s), kWh.
    fn kinetic(&self, speed: f64) -> f64 {
        0.5 * self.mass_kg * speed * speed / JOULES_PER_KWH
    }
}

/// A stretch between two stops.
#[derive(Clone, Copy, Debug)]
struct Hop {
    metres: f64,
    /// The speed that is held between speeding up and slowing down, m/s.
    speed: f64,
    /// How long the car stands at the end, s.
    wait: f64,
}

/// A moment within a hop.
#[derive(Clone, Copy, Debug)]
struct Moment {
    metres: f64,
    speed: f64,
    /// m/s²; negative from where braking begins until the car stands.
    acceleration: f64,
    braking: bool,
}

impl Hop {
    /// A hop that is too short for its speed is driven as fast as it allows.
    fn new(metres: f64, mph: f64, wait: f64) -> Self {
        Self { metres, speed: (mph * METRES_PER_SECOND).min((metres * ACCELERATION).sqrt()), wait }
    }

    fn ramp(&self) -> f64 {
        self.speed / ACCELERATION
    }

    fn driving(&self) -> f64 {
        self.metres / self.speed + self.ramp()
    }

    fn seconds(&self) -> f64 {
        self.driving() + self.wait
    }

    fn at(&self, seconds: f64) -> Moment {
        let (ramp, end) = (self.ramp(), self.driving());
        let left = end - seconds;
        let (metres, speed, acceleration) = if seconds < ramp {
            (ACCELERATION * seconds * seconds / 2.0, ACCELERATION * seconds, ACCELERATION)
        } else if left > ramp {
            (self.speed * (seconds - ramp / 2.0), self.speed, 0.0)
        } else if left > 0.0 {
            (self.metres - ACCELERATION * left * left / 2.0, ACCELERATION * left, -ACCELERATION)
        } else {
            (self.metres, 0.0, 0.0)
        };
        Moment { metres, speed, acceleration, braking: left <= ramp }
    }

    fn used_kwh(&self, moment: Moment, car: &Consumption) -> f64 {
        let (top, now) = (car.kinetic(self.speed), car.kinetic(moment.speed));
        let motion = if moment.braking { top - RECOVERED * (top - now) } else { now };
        car.per_metre(self.speed) * moment.metres + motion
    }

    fn kilowatts(&self, moment: Moment, car: &Consumption) -> f64 {
        let rolling = car.per_metre(self.speed) * moment.speed * 3600.0;
        let pushing = car.mass_kg * moment.acceleration * moment.speed / 1000.0;
        rolling + if moment.braking { RECOVERED * pushing } else { pushing }
    }
}

/// A drive over so many miles: through streets with lights, out on a road, and through streets again.
#[derive(Clone, Debug)]
pub(crate) struct Motion {
    hops: Vec<Hop>,
}

impl Motion {
    /// `pace` is 1 on a day with ordinary traffic, and less on a busy one. No part is driven faster than the `limit`, mph.
    pub(crate) fn over(miles: f64, pace: f64, limit: Option<f64>) -> Self {
        let streets = (miles / 3.0).min(1.5);
        let road = miles - 2.0 * streets;
        let (road_mph, road_hops) = if road > 8.0 { (66.0, 1) } else { (42.0, (road / 2.0).ceil().max(1.0) as i64) };
        let limit = limit.unwrap_or(f64::INFINITY);
        let mut hops = Vec::new();
        let mut add = |miles: f64, count: i64, mph: f64, wait: f64| {
            let metres = miles * METRES_PER_MILE / count as f64;
            hops.extend(std::iter::repeat_n(Hop::new(metres, (mph * pace).min(limit), wait / pace), count as usize));
        };
        let lights = (streets / 0.5).ceil().max(1.0) as i64;
        add(streets, lights, 29.0, 18.0);
        add(road, road_hops, road_mph, 20.0);
        add(streets, lights, 29.0, 18.0);
        if let Some(last) = hops.last_mut() {
            last.wait = 0.0;
        }
        Self { hops }
    }

    /// How long it takes, s.
    pub(crate) fn seconds(&self) -> f64 {
        self.hops.iter().map(Hop::seconds).sum()
    }

    /// Miles driven after so many seconds.
    pub(crate) fn miles(&self, seconds: f64) -> f64 {
        let (done, hop, moment) = self.find(seconds);
        let before: f64 = self.hops[..done].iter().map(|hop| hop.metres).sum();
        (before + hop.map_or(0.0, |_| moment.metres)) / METRES_PER_MILE
    }

    /// Energy used after so many seconds, kWh. Braking brings some back.
    pub(crate) fn used_kwh(&self, seconds: f64, car: &Consumption) -> f64 {
        let (done, hop, moment) = self.find(seconds);
        let before: f64 = self.hops[..done].iter().map(|hop| hop.used_kwh(hop.at(f64::INFINITY), car)).sum();
        before + hop.map_or(0.0, |hop| hop.used_kwh(moment, car))
    }

    /// Power of the motor after so many seconds, kW; negative when it brakes.
    pub(crate) fn kilowatts(&self, seconds: f64, car: &Consumption) -> f64 {
        let (_, hop, moment) = self.find(seconds);
        hop.map_or(0.0, |hop| hop.kilowatts(moment, car))
    }

    /// Speed after so many seconds, mph.
    pub(crate) fn mph(&self, seconds: f64) -> f64 {
        self.find(seconds).2.speed / METRES_PER_SECOND
    }

    /// How many hops are done, the one under way, and the moment in it.
    fn find(&self, seconds: f64) -> (usize, Option<&Hop>, Moment) {
        let mut left = seconds.max(0.0);
        for (index, hop) in self.hops.iter().enumerate() {
            if left < hop.seconds() {
                return (index, Some(hop), hop.at(left));
            }
            left -= hop.seconds();
        }
        (self.hops.len(), None, Moment { metres: 0.0, speed: 0.0, acceleration: 0.0, braking: true })
    }
}
