use proptest::prelude::*;

use super::*;

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn rfc7636_appendix_b() {
    let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
    assert!(challenge.is_met_by(VERIFIER));
    assert!(!challenge.is_met_by(CHALLENGE), "the challenge itself is not the verifier: `plain` is refused");
}

#[test]
fn challenges_of_another_shape_are_refused() {
    let padded = format!("{CHALLENGE}=");
    for bad in ["", "short", &CHALLENGE[1..], padded.as_str(), &"A".repeat(44), &CHALLENGE.replace('-', "+")] {
        assert_eq!(CodeChallenge::parse(bad), Err(InvalidChallenge), "{bad}");
    }
}

proptest! {
    #[test]
    fn only_the_verifier_meets_its_challenge(verifier in "[A-Za-z0-9._~-]{43,128}", other in "[A-Za-z0-9._~-]{43,128}") {
        let challenge = CodeChallenge::of(&verifier);
        prop_assert!(challenge.is_met_by(&verifier));
        prop_assert_eq!(challenge.is_met_by(&other), verifier == other);
        prop_assert_eq!(CodeChallenge::parse(challenge.as_str()).unwrap(), challenge);
    }

    #[test]
    fn rfc7636_4_1_length_and_alphabet_bind(verifier in ".{0,42}|.{129,140}|[A-Za-z0-9]{50}[ /+é]") {
        prop_assert!(!CodeChallenge::of(&verifier).is_met_by(&verifier));
    }
}
