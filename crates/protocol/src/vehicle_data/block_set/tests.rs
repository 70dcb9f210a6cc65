use proptest::prelude::*;

use super::*;

#[test]
fn an_absent_value_means_the_default_bundle_without_a_place() {
    for endpoints in ["", ";", " ; "] {
        assert_eq!(BlockSet::parse(endpoints), BlockSet::DEFAULT);
    }
    assert!(!BlockSet::DEFAULT.contains(Block::LocationData));
    assert!(!BlockSet::DEFAULT.contains(Block::ClosuresState));
}

#[test]
fn the_combination_is_every_block() {
    let combo = BlockSet::parse("vehicle_data_combo");
    assert!(Block::ALL.into_iter().all(|block| combo.contains(block)));
    assert_eq!(BlockSet::parse("charge_state;vehicle_data_combo;drive_state"), combo);
}

#[test]
fn only_named_blocks_are_asked_for_and_unknown_names_are_ignored() {
    let set = BlockSet::parse("charge_state;tyre_state;location_data");
    assert!(set.contains(Block::ChargeState) && set.contains(Block::LocationData));
    assert!(!set.contains(Block::DriveState));
    assert_eq!(BlockSet::parse("tyre_state"), BlockSet::EMPTY);
    assert_eq!(set.without(Block::LocationData), BlockSet::parse("charge_state"));
}

proptest! {
    #[test]
    fn any_selection_reads_back(chosen in proptest::sample::subsequence(Block::ALL.to_vec(), 1..=10)) {
        let names: Vec<_> = chosen.iter().map(|block| block.as_str()).collect();
        let set = BlockSet::parse(&names.join(";"));
        for block in Block::ALL {
            prop_assert_eq!(set.contains(block), chosen.contains(&block));
        }
    }

    #[test]
    fn no_value_makes_it_fail(endpoints in ".*") {
        let _ = BlockSet::parse(&endpoints).contains(Block::ChargeState);
    }
}
