use super::*;

/// What an unknown name costs is what a wrong password costs.
#[test]
fn the_decoy_is_as_costly_as_a_password() {
    let (decoy, real) = (PasswordHash::new(DECOY).unwrap(), hash("correct-horse-7", &[7; 16]).unwrap());
    let real = PasswordHash::new(&real).unwrap();
    assert_eq!((decoy.algorithm, decoy.version), (real.algorithm, real.version));
    assert_eq!(decoy.params.to_string(), real.params.to_string());
    assert_eq!(decoy.hash.map(|hash| hash.as_bytes().len()), real.hash.map(|hash| hash.as_bytes().len()));
}

#[tokio::test]
async fn only_the_password_is_right_and_nothing_is_right_for_nobody() {
    let passwords = Passwords::default();
    let stored = hash("correct-horse-7", &[7; 16]).unwrap();
    assert!(passwords.verify("correct-horse-7", Some(&stored)).await.unwrap());
    for wrong in ["correct-horse-8", "", "correct-horse-7\0", "CORRECT-HORSE-7"] {
        assert!(!passwords.verify(wrong, Some(&stored)).await.unwrap(), "{wrong:?}");
    }
    for any in ["correct-horse-7", "decoy", ""] {
        assert!(!passwords.verify(any, None).await.unwrap(), "{any:?}");
    }
}

#[test]
fn a_password_has_1_to_512_bytes_and_no_nul() {
    for bad in ["".to_owned(), "a\0b".to_owned(), "a".repeat(513)] {
        assert!(matches!(hash(&bad, &[7; 16]), Err(PasswordError::Unacceptable)));
    }
    assert!(hash(&"a".repeat(512), &[7; 16]).is_ok());
}

#[tokio::test]
async fn whoever_would_wait_long_is_sent_away() {
    let passwords = Passwords::default();
    let stored = hash("correct-horse-7", &[7; 16]).unwrap();
    let waiting = (0..TURNS + WAITING + 8).map(|_| passwords.verify("correct-horse-7", Some(&stored)));
    let outcomes = futures_util::future::join_all(waiting).await;
    let busy = outcomes.iter().filter(|outcome| matches!(outcome, Err(PasswordError::Busy))).count();
    assert_eq!(busy, 8, "the others had a turn: {outcomes:?}");
    assert!(passwords.verify("correct-horse-7", Some(&stored)).await.unwrap(), "there is room again");
}
