//! Roads between places: how long they are, and where they lead.

#[cfg(test)]
mod tests;

use crate::seed::Seed;
use crate::sky::Coordinates;

/// Places closer than this part of a degree are one to whoever builds roads.
const GRID: f64 = 10_000.0;
/// How far a bend is from the straight line, as a part of the way from bend to bend.
const WINDING: f64 = 0.25;

impl Coordinates {
    /// Degrees to go north and east, the shorter way around.
    fn degrees_to(self, other: Self) -> (f64, f64) {
        let east = (other.longitude - self.longitude + 540.0).rem_euclid(360.0) - 180.0;
        (other.latitude - self.latitude, east)
    }

    /// The place to some ten yards, as a pair of whole numbers.
    pub(crate) fn grid(self) -> (i64, i64) {
        ((self.latitude * GRID).round() as i64, (self.longitude * GRID).round() as i64)
    }

    /// The middle of these ten yards.
    pub(crate) fn on_grid(self) -> Self {
        let (north, east) = self.grid();
        Self { latitude: north as f64 / GRID, longitude: east as f64 / GRID }
    }

    /// So many degrees further north and east.
    fn moved(self, north: f64, east: f64) -> Self {
        Self {
            latitude: (self.latitude + north).clamp(-90.0, 90.0),
            longitude: (self.longitude + east + 540.0).rem_euclid(360.0) - 180.0,
        }
    }

    /// Direction to another place, degrees from north, 0 to 360.
    fn bearing(self, other: Self) -> f64 {
        let (north, east) = self.degrees_to(other);
        (east * self.latitude.to_radians().cos()).atan2(north).to_degrees().rem_euclid(360.0)
    }
}

/// A winding road between two places, the same in both directions.
#[derive(Clone, Debug)]
pub(crate) struct Road {
    /// From bend to bend.
    points: Vec<Coordinates>,
    /// Its length.
    miles: f64,
}

impl Road {
    pub(crate) fn between(from: Coordinates, to: Coordinates) -> Self {
        let key = |place: Coordinates| (place.latitude, place.longitude);
        let forth = key(from) <= key(to);
        let mut points = if forth { bends(from, to) } else { bends(to, from) };
        if !forth {
            points.reverse();
        }
        let miles = points.windows(2).map(|pair| pair[0].miles_to(pair[1])).sum();
        Self { points, miles }
    }

    /// Its length, miles.
    pub(crate) const fn miles(&self) -> f64 {
        self.miles
    }

    /// The place after so many miles and the direction there, degrees from north, 0 to 359.
    pub(crate) fn at(&self, miles: f64) -> (Coordinates, i64) {
        let mut left = miles.clamp(0.0, self.miles);
        let mut last = (self.points[0], 0.0);
        for pair in self.points.windows(2) {
            let (length, bearing) = (pair[0].miles_to(pair[1]), pair[0].bearing(pair[1]));
            if left <= length && length > 0.0 {
                let (north, east) = pair[0].degrees_to(pair[1]);
                last = (pair[0].moved(north * left / length, east * left / length), bearing);
                break;
            }
            left -= length;
            last = (pair[1], bearing);
        }
        (last.0, (last.1.round() as i64).rem_euclid(360))
    }
}

fn bends(from: Coordinates, to: Coordinates) -> Vec<Coordinates> {
    let (north, east) = from.degrees_to(to);
    let bends = (from.miles_to(to) / 2.0).clamp(3.0, 40.0) as i64;
    let seed = Seed::of("road").nth(from.grid().0).nth(to.grid().1);
    let inner = (1..bends).map(|bend| {
        let part = bend as f64 / bends as f64;
        // Square to the straight line.
        let aside = seed.nth(bend).between(-WINDING, WINDING) / bends as f64;
        let narrow = from.latitude.to_radians().cos().max(0.1);
        from.moved(north * part + east * narrow * aside, east * part - north / narrow * aside)
    });
    std::iter::once(from).chain(inner).chain(std::iter::once(to)).collect()
}
