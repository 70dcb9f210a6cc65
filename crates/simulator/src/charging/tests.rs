use fleetgate_protocol::Region;
use proptest::prelude::*;

use super::*;
use crate::vehicle::Model;

const NOW: i64 = 1_767_000_000_000_000;

fn profile(vin: &str, eu: bool) -> VehicleProfile {
    let profile = VehicleProfile::new(vin, 1, 2, Model::Model3);
    if eu { profile.european() } else { profile }
}

fn cents(amount: f64) -> i64 {
    (amount * 100.0).round() as i64
}

#[test]
fn the_owner_sees_a_session_like_this() {
    let session = &history(&profile("5YJ3E1EB7PF900417", true), 1, NOW)[0];
    insta::assert_json_snapshot!(session.history_entry(), @r#"
    {
      "sessionId": 59209378,
      "vin": "5YJ3E1EB7PF900417",
      "siteLocationName": "Moers, Germany",
      "chargeStartDateTime": "2025-07-14T15:02:41+02:00",
      "chargeStopDateTime": "2025-07-14T15:24:41+02:00",
      "unlatchDateTime": "2025-07-14T15:39:18+02:00",
      "countryCode": "DE",
      "fees": [
        {
          "sessionFeeId": 592093780,
          "feeType": "CHARGING",
          "currencyCode": "EUR",
          "pricingType": "PAYMENT",
          "rateBase": 0.52,
          "rateTier1": 0.0,
          "rateTier2": 0.0,
          "rateTier3": null,
          "rateTier4": null,
          "usageBase": 28.6,
          "usageTier1": 0.0,
          "usageTier2": 0.0,
          "usageTier3": null,
          "usageTier4": null,
          "totalBase": 14.87,
          "totalTier1": 0.0,
          "totalTier2": 0.0,
          "totalTier3": 0.0,
          "totalTier4": 0.0,
          "totalDue": 14.87,
          "netDue": 14.87,
          "uom": "kwh",
          "isPaid": true,
          "status": "PAID"
        },
        {
          "sessionFeeId": 592093781,
          "feeType": "PARKING",
          "currencyCode": "EUR",
          "pricingType": "PAYMENT",
          "rateBase": 0.5,
          "rateTier1": 0.0,
          "rateTier2": 0.0,
          "rateTier3": null,
          "rateTier4": null,
          "usageBase": 13.0,
          "usageTier1": 0.0,
          "usageTier2": 0.0,
          "usageTier3": null,
          "usageTier4": null,
          "totalBase": 6.5,
          "totalTier1": 0.0,
          "totalTier2": 0.0,
          "totalTier3": 0.0,
          "totalTier4": 0.0,
          "totalDue": 6.5,
          "netDue": 6.5,
          "uom": "min",
          "isPaid": true,
          "status": "PAID"
        }
      ],
      "billingType": "IMMEDIATE",
      "invoices": [
        {
          "fileName": "TSLA-DE-59209378.pdf",
          "contentId": "76d05fb4-4024-4576-9959-d85aa3fce01e",
          "invoiceType": "IMMEDIATE"
        }
      ],
      "vehicleMakeType": "TSLA"
    }
    "#);
}

#[test]
fn a_business_sees_the_same_session_like_this() {
    let session = &history(&profile("5YJ3E1EB7PF900417", true), 1, NOW)[0];
    insta::assert_json_snapshot!(session.session_entry(), @r#"
    {
      "id": "cs-59209378",
      "vin": "5YJ3E1EB7PF900417",
      "model": "Model 3",
      "start_date_time": "2025-07-14T13:02:41Z",
      "stop_date_time": "2025-07-14T13:24:41Z",
      "total_energy": 28.6,
      "total_time": 0.37,
      "total_cost": {
        "excl_vat": 17.96,
        "incl_vat": 21.37,
        "vat": 3.41
      },
      "location": {
        "country": "DE",
        "name": "Moers"
      },
      "charging_periods": [
        {
          "start_date_time": "2025-07-14T13:02:41Z",
          "dimensions": [
            {
              "type": "ENERGY",
              "volume": 28.6
            },
            {
              "type": "PARKING_TIME",
              "volume": 0.2167
            }
          ]
        }
      ],
      "tariffs": {
        "currency": "EUR",
        "elements": [
          {
            "price_components": [
              {
                "type": "ENERGY",
                "price": 0.52,
                "step_size": 1
              },
              {
                "type": "PARKING_TIME",
                "price": 30.0,
                "step_size": 1
              }
            ],
            "restrictions": {}
          }
        ]
      }
    }
    "#);
}

#[test]
fn a_car_that_overstays_pays_for_it() {
    let mut vins = (0..40).map(|number| format!("5YJ3E1EB7PF{number:06}"));
    let fees = vins.find_map(|vin| {
        let sessions = history(&profile(&vin, false), 0, NOW);
        sessions.into_iter().find(|session| session.fees.len() == 2)
    });
    let session = fees.expect("one session in six has a parking fee");
    assert!(session.unlatched_at - session.stopped_at > 6 * MINUTE);
    let entry = session.history_entry();
    assert_eq!((entry.fees[1].fee_type.as_str(), entry.fees[1].uom.as_str()), ("PARKING", "min"));
    assert_eq!(session.session_entry().tariffs.elements[0].price_components[1].price, 30.0);
}

proptest! {
    #[test]
    fn bills_add_up(vin in "[A-Z0-9]{17}", eu: bool, seed: u64, now in 1_600_000_000_000_000..1_900_000_000_000_000_i64) {
        for session in history(&profile(&vin, eu), seed, now) {
            let (entry, business) = (session.history_entry(), session.session_entry());
            let mut sum = 0;
            for fee in &entry.fees {
                prop_assert!((fee.usage_base * fee.rate_base - fee.total_base).abs() <= 0.005 + 1e-9);
                prop_assert_eq!(fee.total_base, fee.total_due);
                sum += cents(fee.total_due);
            }
            let cost = &business.total_cost;
            prop_assert_eq!(cents(cost.incl_vat), sum);
            prop_assert_eq!(cents(cost.excl_vat) + cents(cost.vat), sum);
            prop_assert_eq!(business.total_energy, entry.fees[0].usage_base);
            prop_assert_eq!(business.total_energy, business.charging_periods[0].dimensions[0].volume);
        }
    }

    #[test]
    fn the_past_is_past_in_order_and_always_the_same(
        vin in "[A-Z0-9]{17}", eu: bool, seed: u64, now in 1_600_000_000_000_000..1_900_000_000_000_000_i64,
    ) {
        let profile = profile(&vin, eu);
        let sessions = history(&profile, seed, now);
        prop_assert_eq!(sessions.len(), 12);
        let mut last = now - PERIOD - DAY;
        for session in &sessions {
            prop_assert!(last < session.started_at, "{} {}", last, session.started_at);
            prop_assert!(session.started_at < session.stopped_at && session.stopped_at < session.unlatched_at);
            last = session.unlatched_at;
        }
        prop_assert!(last < now);
        prop_assert_eq!(history(&profile, seed, now), sessions.clone());
        let stored = serde_json::to_string(&sessions).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<ChargingSession>>(&stored).unwrap(), sessions);
    }
}

#[test]
fn a_car_charges_and_pays_where_it_lives() {
    for (region, currency, countries) in
        [(Region::Na, "USD", &["US"] as &[&str]), (Region::Eu, "EUR", &["NL", "DE"]), (Region::Cn, "CNY", &["CN"])]
    {
        let profile = VehicleProfile::new("5YJ3E1EB7PF900417", 1, 2, Model::Model3).of_region(region);
        for session in history(&profile, 1, NOW) {
            assert_eq!(session.currency, currency);
            assert!(countries.contains(&session.country_code.as_str()), "{session:?}");
        }
        let session = ChargingSession::billed(&profile, profile.home, (NOW, NOW + HOUR, NOW + HOUR), 40.0).unwrap();
        assert_eq!((session.currency.as_str(), session.country_code.as_str()), (currency, countries[0]));
    }
}

#[test]
fn where_no_list_has_a_site_the_bill_names_the_place() {
    let new_york = Coordinates { latitude: 40.75, longitude: -73.99 };
    let profile = VehicleProfile { time_zone: "America/New_York".to_owned(), ..profile("5YJ3E1EB7PF900417", false) };
    let session = ChargingSession::billed(&profile, new_york, (NOW, NOW + HOUR, NOW + HOUR), 40.0).unwrap();
    let told = [&session.place, &session.country_code, &session.currency, &session.time_zone].map(String::as_str);
    assert_eq!(told, ["40.750, -73.990", "US", "USD", "America/New_York"]);
}
