use fleetgate_protocol::jws::{Jwk, JwkSet};

use super::*;
use crate::fixture::{foreign_key, key};

#[test]
fn keys_that_are_not_ours_are_left_out() {
    let good = key("good").public_jwk(None);
    let set = JwkSet {
        keys: vec![
            Jwk { kid: None, ..good.clone() },
            Jwk { kid: Some("symmetric".to_owned()), kty: "oct".to_owned(), ..Jwk::default() },
            good,
        ],
    };
    let keys = Keys::from_jwk_set(&set);
    assert_eq!(keys.len(), 1);
    assert!(keys.get("good").is_some() && keys.get("symmetric").is_none());
}

#[test]
fn a_name_that_stands_twice_names_no_key() {
    let set = JwkSet { keys: vec![key("k").public_jwk(None), foreign_key("k").public_jwk(None)] };
    assert!(Keys::from_jwk_set(&set).is_empty());
    let two = JwkSet { keys: vec![key("k").public_jwk(None), foreign_key("l").public_jwk(None)] };
    assert_eq!(Keys::from_jwk_set(&two).len(), 2);
}
