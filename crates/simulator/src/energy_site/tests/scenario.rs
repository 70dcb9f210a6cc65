//! A week at a site: a tariff on Monday, an outage on Wednesday, a storm on Friday.

use super::*;

#[test]
fn a_week_with_an_outage_and_a_storm() {
    let spell = |from: f64, lasts: f64| Spell { from: NOW + hours(from), until: NOW + hours(from + lasts) };
    let profile = EnergySiteProfile {
        outages: vec![spell(2.0 * 24.0 + 15.2, 5.5)],
        storms: vec![spell(4.0 * 24.0 + 6.0, 20.0)],
        ..profile()
    };
    let mut site = EnergySite::new(profile, NOW);
    let mut diary = Vec::new();
    for hour in (0..=7 * 24).step_by(6) {
        site.advance(NOW + hours(f64::from(hour)));
        if hour == 12 {
            site.set_operation("autonomous").unwrap();
            site.set_backup_reserve(30).unwrap();
            site.set_storm_mode(true).unwrap();
        }
        let s = site.live_status();
        diary.push(format!(
            "{} {} {}: sun {} + battery {} + grid {} = {} W, {} %{}",
            &s.timestamp[8..16],
            site.settings().mode.as_str(),
            s.island_status,
            s.solar_power,
            s.battery_power.unwrap(),
            s.grid_power,
            s.load_power,
            s.percentage_charged.unwrap(),
            if s.storm_mode_active { ", storm" } else { "" },
        ));
    }
    insta::assert_snapshot!(diary.join("\n"), @r"
    22T02:00 self_consumption on_grid: sun 0 + battery 338 + grid 0 = 338 W, 71.4 %
    22T08:00 self_consumption on_grid: sun 853 + battery 77 + grid 0 = 930 W, 63.91 %
    22T14:00 autonomous on_grid: sun 2095 + battery -1665 + grid 0 = 430 W, 91.27 %
    22T20:00 autonomous on_grid: sun 546 + battery 452 + grid 0 = 998 W, 98.09 %
    23T02:00 autonomous on_grid: sun 0 + battery 0 + grid 395 = 395 W, 96.05 %
    23T08:00 autonomous on_grid: sun 899 + battery -226 + grid 0 = 673 W, 96.22 %
    23T14:00 autonomous on_grid: sun 2265 + battery 0 + grid -1935 = 330 W, 100 %
    23T20:00 autonomous on_grid: sun 577 + battery 8020 + grid 0 = 8597 W, 84.96 %
    24T02:00 autonomous on_grid: sun 0 + battery 0 + grid 256 = 256 W, 53.47 %
    24T08:00 autonomous on_grid: sun 903 + battery 0 + grid 229 = 1132 W, 53.47 %
    24T14:00 autonomous on_grid: sun 2561 + battery -2047 + grid 0 = 514 W, 81.6 %
    24T20:00 autonomous off_grid_unintentional: sun 582 + battery 734 + grid 0 = 1316 W, 94.02 %
    25T02:00 autonomous on_grid: sun 0 + battery 0 + grid 195 = 195 W, 86.91 %
    25T08:00 autonomous on_grid: sun 1113 + battery -275 + grid 0 = 838 W, 87.03 %
    25T14:00 autonomous on_grid: sun 3068 + battery 0 + grid -2553 = 515 W, 100 %
    25T20:00 autonomous on_grid: sun 754 + battery 798 + grid 0 = 1552 W, 96.42 %
    26T02:00 autonomous on_grid: sun 0 + battery 0 + grid 359 = 359 W, 94.22 %
    26T08:00 autonomous on_grid: sun 289 + battery -3400 + grid 4204 = 1093 W, 94.22 %, storm
    26T14:00 autonomous on_grid: sun 712 + battery 0 + grid -418 = 294 W, 100 %, storm
    26T20:00 autonomous on_grid: sun 196 + battery 0 + grid 838 = 1034 W, 100 %, storm
    27T02:00 autonomous on_grid: sun 0 + battery 0 + grid 307 = 307 W, 100 %, storm
    27T08:00 autonomous on_grid: sun 847 + battery 0 + grid -296 = 551 W, 100 %
    27T14:00 autonomous on_grid: sun 2827 + battery 0 + grid -2379 = 448 W, 100 %
    27T20:00 autonomous on_grid: sun 675 + battery 0 + grid 50 = 725 W, 100 %
    28T02:00 autonomous on_grid: sun 0 + battery 0 + grid 325 = 325 W, 100 %
    28T08:00 autonomous on_grid: sun 805 + battery 0 + grid -258 = 547 W, 100 %
    28T14:00 autonomous on_grid: sun 1996 + battery 0 + grid -1401 = 595 W, 100 %
    28T20:00 autonomous on_grid: sun 394 + battery 0 + grid 725 = 1119 W, 100 %
    29T02:00 autonomous on_grid: sun 0 + battery 0 + grid 230 = 230 W, 100 %
    ");
}
