use std::os::unix::fs::PermissionsExt;

use super::*;

const KEY: [u8; 32] = [7; 32];

#[test]
fn what_is_sealed_opens_in_its_context_only() {
    let key = MasterKey::from_bytes(&KEY);
    let sealed = key.seal("signing_key:a", b"private");
    assert_eq!(**key.open("signing_key:a", &sealed).expect("same context"), *b"private");
    assert!(key.open("signing_key:b", &sealed).is_err());
    assert!(MasterKey::from_bytes(&[8; 32]).open("signing_key:a", &sealed).is_err());
    assert_ne!(sealed, key.seal("signing_key:a", b"private"), "every nonce is new");
}

#[test]
fn every_changed_bit_and_every_cut_is_noticed() {
    let key = MasterKey::from_bytes(&KEY);
    let sealed = key.seal("context", b"private");
    for bit in 0..sealed.len() * 8 {
        let mut tampered = sealed.clone();
        tampered[bit / 8] ^= 1 << (bit % 8);
        assert!(key.open("context", &tampered).is_err(), "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert!(key.open("context", &sealed[..length]).is_err(), "length {length}");
    }
}

#[test]
fn the_file_is_made_once_and_for_its_owner_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("master.key");
    let sealed = MasterKey::load_or_create(&path).expect("made").seal("context", b"private");
    let again = MasterKey::load_or_create(&path).expect("loaded");
    assert_eq!(**again.open("context", &sealed).expect("the same key"), *b"private");
    let mode = std::fs::metadata(&path).expect("metadata").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 1, "nothing else is left there");

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("chmod");
    assert!(matches!(MasterKey::load_or_create(&path), Err(MasterKeyError::Permissions { .. })));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("chmod");
    std::fs::write(&path, b"short").expect("written");
    assert!(matches!(MasterKey::load_or_create(&path), Err(MasterKeyError::Length { .. })));
}

#[test]
fn debug_says_nothing_of_the_key() {
    assert_eq!(format!("{:?}", MasterKey::from_bytes(&KEY)), "MasterKey");
}
