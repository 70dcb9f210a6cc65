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
    let one: ScopeSet = " openid ".parse().unwrap();
    assert_eq!((one.is_empty(), one.len()), (false, 1));
}

#[test]
fn a_set_is_asked_and_walked_through() {
    let set: ScopeSet = "openid user_data".parse().unwrap();
    assert!(set.contains(&Scope::OPENID) && set.contains(&Scope::USER_DATA) && !set.contains(&Scope::VEHICLE_CMDS));
    assert!(!set.is_subset(&"openid".parse().unwrap()) && !ScopeSet::is_subset(&set, &ScopeSet::new()));
    assert_eq!((&set).into_iter().collect::<Vec<_>>(), [&Scope::OPENID, &Scope::USER_DATA]);
    assert_eq!(
        (Scope::OPENID.to_string(), format!("{:?} {set:?}", Scope::OPENID)),
        ("openid".into(), "openid \"openid user_data\"".into())
    );
}

#[test]
fn each_scope_is_for_tokens_of_its_holders() {
    let all: ScopeSet = SCOPES.iter().map(|scope| scope.name.parse().unwrap()).collect();
    let own: Scope = "own".parse().unwrap();
    let mut every = all.clone();
    every.insert(own.clone());
    let person: ScopeSet = every.for_token(TokenType::ThirdParty);
    assert_eq!(person, every.for_token(TokenType::OpenSource));
    let business = every.for_token(TokenType::ThirdPartyBusiness);
    let partner = every.for_token(TokenType::Partner);
    for (scope, holders) in [
        (&Scope::OFFLINE_ACCESS, [true, false, false]),
        (&Scope::VEHICLE_PRICING_INFO, [false, true, false]),
        (&Scope::ENTERPRISE_MANAGEMENT, [false, true, true]),
        (&Scope::VEHICLE_DEVICE_DATA, [true, true, true]),
        (&own, [true, true, true]),
    ] {
        assert_eq!([&person, &partner, &business].map(|set| set.contains(scope)), holders, "{scope}");
    }
    assert_eq!(Scope::USER_DATA.description().map(|known| known.name), Some("user_data"));
    assert!(own.description().is_none());
}

#[test]
fn a_scope_has_a_length() {
    assert_eq!("".parse::<Scope>(), Err(InvalidScope));
    for length in [1, 127, 128] {
        assert!("s".repeat(length).parse::<Scope>().is_ok(), "{length}");
    }
    assert_eq!("s".repeat(129).parse::<Scope>(), Err(InvalidScope));
    assert_eq!("s".repeat(200).parse::<Scope>(), Err(InvalidScope));
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
