use super::*;

#[test]
fn values_are_stable_over_versions() {
    // Test suites keep ids and secrets of their worlds: a change here changes every world.
    let of = Derivation::of("default");
    insta::assert_snapshot!(of.uuid("a"), @"2c01b36f-a654-4c93-8d07-9749265647bc");
    insta::assert_snapshot!(of.client_secret("a"), @"ta-secret.sBzvmU8TNHXJmWH8");
    insta::assert_snapshot!(of.password("a"), @"obvr-gw6v-phzk");
    insta::assert_snapshot!(of.number("a", 1000, 2000), @"1755");
    insta::assert_snapshot!(of.ec_key("a").point, @"0453bc95228728110b39194056b6ca46f6000861b7c7867f6e4e905f8aa9a35dda77b3ea26290c654aa5eb1db08c6b5dbb011c1e22644be1bd8bffd859c6568269");
}

#[test]
fn values_differ_by_world_and_by_label() {
    let (one, other) = (Derivation::of("one"), Derivation::of("other"));
    assert_ne!(one.uuid("a"), other.uuid("a"));
    assert_ne!(one.uuid("a"), one.uuid("b"));
    assert_ne!(one.bytes::<64>("a")[..32], one.bytes::<64>("a")[32..]);
}

#[test]
fn a_derived_key_can_be_read_back() {
    let key = Derivation::of("default").ec_key("a");
    assert_eq!(EcKey::parse(&key.private_pem).as_ref(), Ok(&key));
    assert!(key.public_pem.starts_with("-----BEGIN PUBLIC KEY-----\n"), "{}", key.public_pem);
    assert_eq!(key.point.len(), 130);
    assert!(!format!("{key:?}").contains("PRIVATE"));
}

#[test]
fn a_key_on_another_curve_or_no_key_at_all_is_refused() {
    let rsa = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap().serialize_pem();
    assert_eq!(EcKey::parse(&rsa), Err(InvalidEcKey));
    assert_eq!(EcKey::parse("hello"), Err(InvalidEcKey));
}

use super::super::ec_key::InvalidEcKey;
