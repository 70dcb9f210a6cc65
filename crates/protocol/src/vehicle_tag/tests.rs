use proptest::prelude::*;

use super::*;

#[test]
fn a_tag_is_a_vin_or_an_id() {
    assert!(matches!("5YJ3E1EA7PF000001".parse(), Ok(VehicleTag::Vin(_))));
    assert!(matches!("5yj3e1ea7pf000001".parse(), Ok(VehicleTag::Vin(_))));
    assert_eq!("1492931337201".parse(), Ok(VehicleTag::Id(1_492_931_337_201)));
    for bad in ["", "-1", "+1", "5YJ3E1EA7PF00000", "IYJ3E1EA7PF000001", "9007199254740992", "1.0", "١٢"] {
        assert_eq!(bad.parse::<VehicleTag>(), Err(InvalidVehicleTag), "{bad}");
    }
}

proptest! {
    #[test]
    fn vins_are_read_as_they_are_written(vin in "[0-9A-HJ-NPR-Z]{17}") {
        let read: Vin = vin.parse().unwrap();
        prop_assert_eq!(read.as_str(), vin.as_str());
        prop_assert_eq!((read.to_string(), format!("{read:?}")), (vin.clone(), vin));
    }

    #[test]
    fn any_text_is_a_tag_or_refused(text in ".{0,40}") {
        let _ = text.parse::<VehicleTag>();
    }
}
