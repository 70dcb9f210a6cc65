use proptest::prelude::*;

use super::*;

fn key() -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &[7; 32])
}

fn token() -> RefreshToken {
    RefreshToken { region: Region::Eu, family: [3; 16], generation: 9 }
}

#[test]
fn a_truncated_extended_recased_or_moved_token_is_refused() {
    let (key, text) = (key(), token().seal(1, &key()));
    let open = |text: &str| RefreshToken::open(text, |number| (number == 1).then_some(&key));
    assert_eq!(open(&text), Ok(token()));
    let upper = format!("EU_{}", text[3..].to_uppercase());
    for bad in [&text[..text.len() - 2], &format!("{text}00"), &upper, &text.replace("EU_", "NA_"), &text[3..], ""] {
        assert_eq!(open(bad), Err(NotOurs), "{bad}");
    }
    assert_eq!(RefreshToken::open(&text, |_| None::<hmac::Key>), Err(NotOurs), "an unknown key");
}

proptest! {
    #[test]
    fn any_changed_character_is_noticed(place in 3usize..111, digit in "[0-9a-f]") {
        let key = key();
        let good = token().seal(1, &key);
        let mut bad = good.clone();
        bad.replace_range(place..=place, &digit);
        prop_assume!(bad != good);
        prop_assert_eq!(RefreshToken::open(&bad, |_| Some(&key)), Err(NotOurs));
    }

    #[test]
    fn any_text_is_refused(text in ".{0,200}") {
        let key = key();
        prop_assert_eq!(RefreshToken::open(&text, |_| Some(&key)), Err(NotOurs));
    }
}
