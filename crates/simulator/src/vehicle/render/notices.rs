//! What a car has to tell people: alerts, and what is new in its software.

use fleetgate_protocol::vehicle::{Alert, RecentAlerts, ReleaseNote, ReleaseNotes};
use jiff::Timestamp;

use crate::seed::Seed;
use crate::time::DAY;
use crate::vehicle::Vehicle;

/// For how many days alerts are told.
const ALERT_DAYS: i64 = 30;
/// One day in so many has an alert.
const RARITY: i64 = 9;

/// Name, audience and text of alerts.
const ALERTS: [(&str, &str, &str); 6] = [
    ("VCFRONT_a182_washerFluidLow", "customer", "Washer fluid is low"),
    ("VCSEC_a221_tpmsSoftWarning", "customer", "Tyre pressure is a little low"),
    ("UI_a006_service_required", "service", "A service visit is recommended"),
    ("CP_a066_chargeCableNotSecure", "customer", "The charging cable is not secure"),
    ("APP_w222_cruiseControlUnavailable", "customer", "Cruise control is not available now"),
    ("VCBATT_a180_lowVoltageBatteryAging", "service-fix", "The low voltage battery should be replaced soon"),
];

/// Title, line below, and text of what is new.
const NOTES: [(&str, &str, &str); 8] = [
    ("Tidy-ups", "Small things", "Assorted fixes."),
    ("Charging", "See more at a glance", "The charging screen shows the time at which the battery will be full."),
    ("Navigation", "Fewer taps", "Recent places are offered when a trip begins."),
    ("Climate", "Quieter", "The fan is slower while nobody speaks."),
    ("Sentry Mode", "Longer clips", "A recording begins ten seconds earlier."),
    ("Media", "Pick up again", "Playing goes on where it stopped, also after a change of drivers."),
    ("Dashcam", "Find it sooner", "Clips are listed by place."),
    ("Trip planner", "Better guesses", "Wind and rain count in the energy of a trip."),
];

impl Vehicle {
    /// The answer of `recent_alerts` at `now`.
    #[must_use]
    pub fn recent_alerts(&self, now: i64) -> RecentAlerts {
        let today = now.div_euclid(DAY);
        let days = (today - ALERT_DAYS..=today).rev();
        let on = |day: i64| {
            let seed = self.profile.seed().at("alert").nth(day);
            let at = day * DAY + seed.at("time").below(DAY);
            let came = seed.at("whether").below(RARITY) == 0 && at <= now && at > now - ALERT_DAYS * DAY;
            came.then(|| alert(seed, at))
        };
        RecentAlerts { recent_alerts: days.filter_map(on).collect() }
    }

    /// The answer of `release_notes`: of the installed software or, `staged`, of the one on offer.
    #[must_use]
    pub fn release_notes(&self, staged: bool, now: i64) -> ReleaseNotes {
        let update = self.vehicle_state(now).software_update;
        let version = match staged {
            true if update.status.is_empty() => "",
            true => update.version.trim(),
            false => self.firmware(),
        };
        if version.is_empty() {
            return ReleaseNotes::default();
        }
        let seed = Seed::of(version);
        let (first, count) = (seed.at("first").below(NOTES.len() as i64), 2 + seed.at("count").below(3));
        let notes = (first..first + count).map(|place| note(version, place as usize % NOTES.len()));
        ReleaseNotes { release_notes: notes.collect() }
    }
}

fn alert(seed: Seed, at: i64) -> Alert {
    let (name, audience, text) = ALERTS[seed.at("which").below(ALERTS.len() as i64) as usize];
    let time = Timestamp::from_microsecond(at).unwrap_or_default();
    Alert {
        name: name.to_owned(),
        time: time.strftime("%Y-%m-%dT%H:%M:%S.%3f+00:00").to_string(),
        audience: vec![audience.to_owned()],
        user_text: text.to_owned(),
    }
}

fn note(version: &str, place: usize) -> ReleaseNote {
    let (title, subtitle, description) = NOTES[place];
    let image = format!("https://files.example.com/release-notes/{version}/{place}");
    ReleaseNote {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        description: description.to_owned(),
        customer_version: version.to_owned(),
        icon: "release_notes_icon".to_owned(),
        light_image_url: format!("{image}-light"),
        image_url: image,
    }
}
