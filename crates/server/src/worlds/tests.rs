use super::*;

#[test]
fn names_are_labels_of_a_host() {
    for name in ["a", "run-17", "0", &"x".repeat(40)] {
        assert_eq!(name.parse::<WorldName>().unwrap().as_str(), name);
    }
    for name in ["", "-a", "a-", "A", "a.b", "a_b", "../x", "eu", "na", "cn", &"x".repeat(41)] {
        assert!(name.parse::<WorldName>().is_err(), "{name}");
    }
}

#[test]
fn a_world_is_known_by_a_name_in_front_of_the_sandboxes() {
    let url = |base: &str| Worlds::url_of(base, &"run-1".parse().unwrap());
    assert_eq!(url("http://127.0.0.1:8080"), "http://run-1.localhost:8080");
    assert_eq!(url("http://localhost:8080"), "http://run-1.localhost:8080");
    assert_eq!(url("http://[::1]:8080"), "http://run-1.localhost:8080");
    assert_eq!(url("https://fleet.test"), "https://run-1.fleet.test");
}
