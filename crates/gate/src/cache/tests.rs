use serde_json::json;

use super::*;
use crate::fixture::{config, key, keys, token};
use crate::verify::verify;

fn fingerprint(number: u8) -> Fingerprint {
    let mut fingerprint = [0; 32];
    // The first octet chooses the shard, so all of them share one.
    fingerprint[1] = number;
    fingerprint
}

#[test]
fn what_is_used_stays_and_what_is_not_goes() {
    let keys = Arc::new(keys(&[&key("k1")]));
    let verified = Arc::new(verify(&token(json!({})), &keys, &config()).unwrap());
    // Two for each generation of a shard.
    let cache = Cache::new(2 * 2 * SHARDS);
    cache.insert(fingerprint(0), Arc::clone(&verified), Arc::clone(&keys));
    cache.insert(fingerprint(1), Arc::clone(&verified), Arc::clone(&keys));
    for number in 2..20 {
        cache.insert(fingerprint(number), Arc::clone(&verified), Arc::clone(&keys));
        assert!(cache.get(&fingerprint(0), &keys).is_some(), "after {number}");
        assert!(cache.len() <= 4);
    }
    assert!(cache.get(&fingerprint(1), &keys).is_none());
}

#[test]
fn a_shortened_or_lengthened_token_is_another() {
    let token = token(json!({}));
    let of = |text: &str| Cache::fingerprint(text);
    assert_ne!(of(&token), of(&token[..token.len() - 1]));
    assert_ne!(of(&token), of(&format!("{token}A")));
}
