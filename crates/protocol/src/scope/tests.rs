use proptest::prelude::*;

use super::*;

#[test]
fn order_is_that_of_the_documentation() {
    let set: ScopeSet = "own energy_cmds openid vehicle_cmds openid".parse().unwrap();
    assert_eq!(set.to_string(), "openid vehicle_cmds energy_cmds own");
}

#[test]
fn the_empty_text_is_the_empty_set() {
    assert!("".parse::<ScopeSet>().unwrap().is_empty());
    assert!("  ".parse::<ScopeSet>().unwrap().is_empty());
}

#[test]
fn quotes_backslashes_controls_and_non_ascii_are_refused() {
    for bad in ["a\"b", "a\\b", "a\tb", "a\nb", "é", "a\u{0}"] {
        assert_eq!(bad.parse::<ScopeSet>(), Err(InvalidScope), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(names in proptest::collection::vec("[!#-\\[\\]-~]{1,20}", 0..12)) {
        let set: ScopeSet = names.join(" ").parse().unwrap();
        prop_assert_eq!(set.to_string().parse::<ScopeSet>().unwrap(), set.clone());
        let json = serde_json::to_string(&set).unwrap();
        prop_assert_eq!(serde_json::from_str::<ScopeSet>(&json).unwrap(), set);
    }

    #[test]
    fn set_algebra(a in "([a-e] ){0,5}", b in "([a-e] ){0,5}") {
        let (a, b): (ScopeSet, ScopeSet) = (a.parse().unwrap(), b.parse().unwrap());
        prop_assert!(a.intersection(&b).is_subset(&a));
        prop_assert_eq!(a.difference(&b).len() + a.intersection(&b).len(), a.len());
        prop_assert!(a.is_subset(&a.union(&b)));
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in ".{0,200}") {
        let _ = text.parse::<ScopeSet>();
    }
}
