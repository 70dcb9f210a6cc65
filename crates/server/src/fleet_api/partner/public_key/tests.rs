use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

const KEY: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhyvnUUHXpcEQnegWKld3EXAp3vYY
DlHNihN5YsJR2hs/AMK7+7dsy6fWc0p281UUOFXWO3pCjMzjHaI5b+ghlQ==
-----END PUBLIC KEY-----
";
const POINT: &str = "04872be75141d7a5c1109de8162a5777117029def6180e51cd8a137962c251da\
                     1b3f00c2bbfbb76ccba7d6734a76f355143855d63b7a428ccce31da2396fe82195";

const SECP256K1: &str = "-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAERNN48nqLPtgw0DzA3OrKdzhOFZMBI7YJ
IUQZUGJwT9OwipW2Ao4m8R+EZFk6ENMKxhwH9paddT12I97EcN1ujg==
-----END PUBLIC KEY-----
";
const P384: &str = "-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE1YolAMGgr8FQ86R66bDnMxSE860QBDgO
ibwSsaNBbjnRRa2o6Kgl3bFKtmywBIEzAX9ZC+gQE6j02Vt5O78wcPzu6mSlhXAY
eceVr6OvDYuY5PEAuB3v87747bjJwCbC
-----END PUBLIC KEY-----
";
const ED25519: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAYa9oDSNJJT1F3QcUocAfY2bLh535z3u9cETBb4si77s=
-----END PUBLIC KEY-----
";
const COMPRESSED: &str = "-----BEGIN PUBLIC KEY-----
MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADhyvnUUHXpcEQnegWKld3EXAp3vYY
DlHNihN5YsJR2hs=
-----END PUBLIC KEY-----
";

#[test]
fn a_p256_key_is_its_uncompressed_point() {
    assert_eq!(point(KEY.as_bytes()).as_deref(), Some(POINT));
    assert_eq!(point(KEY.replace('\n', "\r\n").as_bytes()).as_deref(), Some(POINT));
    assert_eq!(point(format!("a comment\n\n{KEY}\n").as_bytes()).as_deref(), Some(POINT));
}

#[test]
fn other_keys_are_refused() {
    for pem in [SECP256K1, P384, ED25519, COMPRESSED] {
        assert_eq!(point(pem.as_bytes()), None, "{pem}");
    }
}

#[test]
fn what_is_no_public_key_is_refused() {
    for pem in [
        "",
        "<!doctype html><title>Not found</title>",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        &KEY.replace("PUBLIC KEY", "EC PRIVATE KEY"),
        &KEY.replace("MFkw", "MF!w"),
        KEY.trim_end_matches("-----END PUBLIC KEY-----\n"),
    ] {
        assert_eq!(point(pem.as_bytes()), None, "{pem}");
    }
    assert_eq!(point(b"\xff\xfe\x00"), None);
}

#[test]
fn a_point_beside_the_curve_is_refused() {
    let mut der = [P256_PREFIX.to_vec(), hex::decode(POINT).expect("hexadecimal")].concat();
    let encode = |der: &[u8]| {
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der)).into_bytes()
    };
    assert_eq!(point(&encode(&der)).as_deref(), Some(POINT));
    der[90] ^= 1;
    assert_eq!(point(&encode(&der)), None);
    der[90] ^= 1;
    der.push(0);
    assert_eq!(point(&encode(&der)), None);
}

#[test]
fn the_hash_is_of_the_point() {
    assert_eq!(hash(POINT), "44da318228");
}
